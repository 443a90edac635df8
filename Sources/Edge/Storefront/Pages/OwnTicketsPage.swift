import Hummingbird
import TicketingProto

/// `/tickets/mine`: all that a seller has put up, and what became of it.
struct OwnTicketsPage: Sendable {
  let tickets: TicketsV1.TicketsServiceClient
  let renderer: PageRenderer

  private static let pageSize: Int32 = 50

  @Sendable func show(_ visit: Visit) async throws -> Response {
    let answer = try await tickets.listOwnTickets(
      .init(pageSize: Self.pageSize, pageToken: visit.cursor), options: try visit.signedInCall())
    let fields = visit.paging(next: answer.nextPageToken).merging([
      "hasTickets": !answer.tickets.isEmpty,
      "tickets": answer.tickets.map { TicketSummary.fields($0, renderer.currency) },
    ]) { $1 }
    return renderer.page(.ownTickets, title: "My tickets", fields, visit)
  }
}
