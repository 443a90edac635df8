import EventBus
import ExpirationService
import OrdersService
import PaymentsService
import Redis
import TicketsService

/// An order and all that is stored about it elsewhere.
struct OrderFacts: Sendable {
  let id: String
  let order: Record
  /// nil: it is none of those that there are.
  let status: OrderStatus?
  /// By the server's clock, in Unix milliseconds.
  let now: Int64
  /// The order that holds the ticket.
  let live: String?
  /// Until when it can be paid, among the open orders; nil: it is not among them.
  let open: Int64?
  /// Whether it is in its owner's list.
  let isListed: Bool
  /// When its timer goes off.
  let timer: Int64?
  let ticket: Record
  /// As payments knows it.
  let payable: Record
  /// The latest attempt to pay it that orders knows of.
  let attempt: Record
  let payment: Record

  /// It holds its ticket, or should.
  var isLive: Bool { status.map { $0 != .cancelled } ?? false }
  var isOpen: Bool { status.map { !$0.isFinal } ?? false }
  var version: Int64 { order.number("version") ?? 0 }
  var ticketID: String { order["ticketId"] }

  /// The order first: what is read after it is no older. Orders that do not exist are left out.
  static func read(_ ids: [String], _ stores: Stores) async throws -> [OrderFacts] {
    let (orders, payments) = (try stores(.orders), try stores(.payments))
    let now = try await orders.time()
    let known = zip(ids, try await orders.records(ids.map { OrderKeys.order($0) })).filter { $1.exists }
    guard !known.isEmpty else { return [] }
    let records = known.map(\.1)
    let names = known.map(\.0)
    let tickets = records.map { $0["ticketId"] }

    let live = try await orders.texts(tickets.map { OrderKeys.live($0) })
    let open = try await orders.scores(names.map { (OrderKeys.open, $0) })
    let listed = try await orders.scores(zip(names, records).map { (OrderKeys.user($1["userId"]), $0) })
    let timers = try await stores(.expiration).scores(names.map { (ExpirationKeys.due, $0) })
    let attempts = try await payments.records(
      zip(names, records).map { PaymentKeys.attempt(AttemptID(orderID: $0, number: $1.number("attempt") ?? 0)) })
    let paid = try await payments.records(records.map { PaymentKeys.payment($0["paymentId"]) })
    let payable = try await payments.records(names.map { PaymentKeys.order($0) })
    let sold = try await stores(.tickets).records(tickets.map { TicketKeys.ticket($0) })
    return names.indices.map { index in
      OrderFacts(
        id: names[index], order: records[index], status: OrderStatus(rawValue: records[index]["status"]), now: now,
        live: live[index], open: open[index], isListed: listed[index] != nil, timer: timers[index],
        ticket: sold[index], payable: payable[index], attempt: attempts[index],
        payment: paid[index])
    }
  }
}
