import Gateway
import HTTPTypes
import Hummingbird
import Money
import RPC
import TicketingProto

extension FormProblems {
  fileprivate static var tooNew: FormProblems {
    FormProblems(.serviceUnavailable, "This ticket was put up only a moment ago. Try again.")
  }

  /// With the ticket as it is now, which the page then shows.
  fileprivate static func changed(
    _ ticket: TicketsV1.Ticket, seen cents: Int64?, _ currency: Currency
  ) -> FormProblems {
    guard let cents, cents != ticket.priceCents else {
      return FormProblems(.conflict, "The seller has changed this ticket since you looked. Buy it as it is now?")
    }
    return FormProblems(
      .conflict,
      "The price has changed from \(currency.text(cents)) to \(currency.text(ticket.priceCents)) since you looked. "
        + "Buy it at the new price?")
  }
}

/// `/tickets/:id`: one ticket, to buy or, for its owner, to edit.
struct TicketPages: Sendable {
  let tickets: TicketsV1.TicketsServiceClient
  let orders: OrdersV1.OrdersServiceClient
  let renderer: PageRenderer

  @Sendable func show(_ visit: Visit) async throws -> Response { try await show(visit, nil) }

  /// Reserves the ticket as the page showed it; the key makes a double click one order. A form that does not say what
  /// was seen, such as that of an older page, has seen another ticket than there is: it is asked again.
  @Sendable func buy(_ visit: Visit) async throws -> Response {
    do {
      let answer = try await orders.createOrder(
        .init(
          ticketID: try visit.context.id(of: .ticket), idempotencyKey: visit.form["key"],
          seenPriceCents: seenPrice(visit) ?? -1, seen: .seenVersion(visit.form.number("version") ?? -1)),
        options: try visit.signedInCall())
      return .seeOther("/orders/\(try answer.order.required("order").id)")
    } catch {
      let problems = try FormProblems(error, knows: [])
      // An id that is none's is told by the page of the ticket. One that is known there is so new that orders has not
      // heard of it yet, which takes some milliseconds.
      let isChanged = (error as? RPCError)?.reason == "PRICE_CHANGED"
      return try await show(visit, problems.status == .notFound ? .tooNew : problems, isChanged: isChanged)
    }
  }

  private func seenPrice(_ visit: Visit) -> Int64? { visit.form.number("price").flatMap { $0 > 0 ? $0 : nil } }

  private func show(_ visit: Visit, _ problems: FormProblems?, isChanged: Bool = false) async throws -> Response {
    let ticket = try await tickets.getTicket(
      .init(id: try visit.context.id(of: .ticket)), options: visit.context.anonymousCall
    ).ticket.required("ticket")
    let problems = isChanged ? FormProblems.changed(ticket, seen: seenPrice(visit), renderer.currency) : problems
    let isFree = ticket.orderID.isEmpty
    let isOwn = ticket.userID == visit.user?.id
    let fields = TicketSummary.fields(ticket, renderer.currency).merging([
      "key": CSRFCookie.random(), "seenPrice": "\(ticket.priceCents)", "seenVersion": "\(ticket.version)",
      "isFree": isFree, "isOwn": isOwn, "canEdit": isFree && isOwn,
      "canBuy": isFree && !isOwn && visit.user != nil, "canSignIn": isFree && visit.user == nil,
    ]) { $1 }
    return renderer.page(.ticket, title: ticket.title, fields, visit, problems: problems)
  }
}
