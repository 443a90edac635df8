import EventBus
import ExpirationService
import Identifiers
import OrdersService
import PaymentsService
import Redis
import TicketsService

extension Story {
  /// Attempts that are told of; nobody needs more.
  private static let attemptsShown: Int64 = 100

  /// All that any service knows of an order.
  package static func order(_ id: ULID, _ search: EventSearch) async throws -> Story {
    let (stores, name) = (search.stores, id.description)
    let since = UnixTime(milliseconds: id.milliseconds)
    var story = Story()
    story.add(try await search.events(mentioning: name, in: Subject.allCases, since: since))
    let orders = try stores(.orders)
    let order = try await orders.record(OrderKeys.order(name))
    story.add("order", order)
    try await story.addPointers(of: order, name, stores)
    try await story.addAttempts(name, stores)
    try await story.addLedger(of: name, since: since, search)
    try await story.addDeadLetters(mentioning: name, stores)
    story.sort()
    return story
  }

  private mutating func addPointers(of order: Record, _ id: String, _ stores: Stores) async throws {
    let (orders, tickets) = (try stores(.orders), try stores(.tickets))
    let open = try await orders.scores([(OrderKeys.open, id)]).first ?? nil
    add("time to pay, orders", OrderKeys.open, open.map { UnixTime(milliseconds: $0).iso8601 })
    let due = try await stores(.expiration).scores([(ExpirationKeys.due, id)]).first ?? nil
    add("timer", ExpirationKeys.due, due.map { UnixTime(milliseconds: $0).iso8601 })
    let ticket = order["ticketId"]
    guard !ticket.isEmpty else { return }
    let live = OrderKeys.live(ticket)
    add("order that holds the ticket", live, try await orders.texts([live]).first ?? nil)
    add("ticket", try await tickets.record(TicketKeys.ticket(ticket)))
  }

  private mutating func addAttempts(_ id: String, _ stores: Stores) async throws {
    let payments = try stores(.payments)
    let replica = try await payments.record(PaymentKeys.order(id))
    add("order, as payments knows it", replica)
    let count = replica.number("attempt") ?? 0
    guard count > 0 else { return }
    if count > Self.attemptsShown { cut("attempts before the last \(Self.attemptsShown)") }
    for number in max(1, count - min(count, Self.attemptsShown) + 1)...count {
      let attempt = try await payments.record(PaymentKeys.attempt(AttemptID(orderID: id, number: number)))
      add("attempt \(number)", attempt)
      if let at = attempt.time("createdAt") {
        let details = "attempt \(number) to pay \(attempt["amount"]) cents, payment \(attempt["paymentId"])".printable()
        add(
          Step(
            at: at, service: "payments", what: "attempt begins", details: details,
            json: .object(["attempt": .integer(number), "payment": .string(attempt["paymentId"])])))
      }
      let payment = try await payments.record(PaymentKeys.payment(attempt["paymentId"]))
      if payment.exists { add("payment", payment) }
    }
  }

  private mutating func addLedger(of id: String, since: UnixTime, _ search: EventSearch) async throws {
    var entries: [StreamEntry] = []
    var left = search.limit
    let isWhole = try await search.pages(
      of: PaymentKeys.sandboxLedger, on: try search.stores(.payments), since: since
    ) { page in
      entries += page.filter { $0.fields?["order"].map { $0 == id } ?? false }
      left -= page.count
      return left > 0
    }
    if !isWhole { cut(PaymentKeys.sandboxLedger.name) }
    for entry in entries {
      guard let fields = entry.fields else { continue }
      let text = ["attempt", "amount", "intent"].map { "\($0)=\(fields[$0]?.description ?? "")" }
      add(
        Step(
          at: UnixTime(milliseconds: Int64(entry.id.prefix { $0 != "-" }) ?? 0), service: "sandbox",
          what: (fields["kind"]?.description ?? "").printable(), details: text.joined(separator: " ").printable(),
          json: .object(fields.map { JSON.Member(name: $0.name.description, value: .string($0.value.description)) })))
    }
  }

  mutating func addDeadLetters(mentioning id: String, _ stores: Stores) async throws {
    var found: [DeadLetterReport] = []
    try await DeadLetterReport.forEach(stores) { if $0.event.mentions(id) { found.append($0) } }
    for report in found {
      add(
        Step(
          at: UnixTime(milliseconds: Int64(report.letter.id.prefix { $0 != "-" }) ?? 0),
          service: report.stream.group.rawValue, what: "gave up on \(report.stream.subject.rawValue)",
          details: report.letter.reason.printable(), json: report.json))
    }
  }
}
