import HTTPTypes
import Hummingbird
import Identifiers
import TicketingProto

/// `/`: what can be bought, newest first.
struct LandingPage: Sendable {
  let tickets: TicketsV1.TicketsServiceClient
  let renderer: PageRenderer

  /// A page of so many has some 10 KiB.
  private static let pageSize: Int32 = 50

  @Sendable func show(_ visit: Visit) async throws -> Response {
    renderer.page(.landing, title: "Tickets", try await fields(visit), visit)
  }

  /// `/tickets/available`: the part of the page that changes, which the page asks for every few seconds. It is the same
  /// for everybody, so whoever has it already is told no more than that.
  @Sendable func showAvailable(_ visit: Visit) async throws -> Response {
    try renderer.part(.available, try await fields(visit), visit.request)
  }

  private func fields(_ visit: Visit) async throws -> Fields {
    let cursor = visit.cursor
    let answer = try await tickets.listTickets(
      .init(pageSize: Self.pageSize, pageToken: cursor), options: visit.context.anonymousCall)
    let hasMore = !answer.nextPageToken.isEmpty
    return visit.paging(next: answer.nextPageToken).merging([
      "live": "/tickets/available" + (cursor.isEmpty ? "" : "?cursor=\(cursor.percentEncoded())"),
      "count": Self.count(answer.tickets.count, isLater: !cursor.isEmpty, hasMore: hasMore),
      "isEmpty": answer.tickets.isEmpty,
      "tickets": answer.tickets.map { ticket -> Fields in
        ["id": ticket.id, "title": ticket.title, "price": renderer.currency.text(ticket.priceCents)]
      },
    ]) { $1 }
  }

  private static func count(_ count: Int, isLater: Bool, hasMore: Bool) -> String {
    let tickets = count == 1 ? "ticket" : "tickets"
    if count == 0 { return "No tickets at the moment" }
    if isLater { return "\(count) older \(tickets)" }
    return hasMore ? "The newest \(count) \(tickets)" : "\(count) \(tickets) for sale"
  }
}
