import Hummingbird
import Identifiers
import TicketingProto

/// `/tickets/mine`: all that a seller has put up, and what became of it.
struct OwnTicketsPage: Sendable {
  let tickets: TicketsV1.TicketsServiceClient
  let renderer: PageRenderer

  private static let pageSize: Int32 = 50

  @Sendable func show(_ visit: Visit) async throws -> Response {
    let cursor = visit.query("cursor")
    let answer = try await tickets.listOwnTickets(
      .init(pageSize: Self.pageSize, pageToken: cursor), options: try visit.signedInCall())
    var fields: Fields = [
      "hasTickets": !answer.tickets.isEmpty, "isLater": !cursor.isEmpty,
      "tickets": answer.tickets.map { TicketSummary.fields($0, renderer.currency) },
    ]
    if !answer.nextPageToken.isEmpty { fields["next"] = answer.nextPageToken.percentEncoded() }
    return renderer.page(.ownTickets, title: "My tickets", fields, visit)
  }
}
