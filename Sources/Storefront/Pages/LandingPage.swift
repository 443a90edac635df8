import Hummingbird
import TicketingProto

/// `/`: what can be bought, newest first.
struct LandingPage: Sendable {
  let tickets: TicketsV1.TicketsServiceClient
  let renderer: PageRenderer

  /// A page of so many has some 10 KiB.
  private static let pageSize: Int32 = 50

  @Sendable func show(_ visit: Visit) async throws -> Response {
    let cursor = visit.query("cursor")
    let answer = try await tickets.listTickets(
      .init(pageSize: Self.pageSize, pageToken: cursor), options: visit.context.anonymousCall)
    var fields: Fields = [
      "hasTickets": !answer.tickets.isEmpty, "isLater": !cursor.isEmpty,
      "tickets": answer.tickets.map { ticket -> Fields in
        ["id": ticket.id, "title": ticket.title, "price": Money.text(cents: ticket.priceCents)]
      },
    ]
    if !answer.nextPageToken.isEmpty { fields["next"] = answer.nextPageToken.percentEncoded() }
    return renderer.page(.landing, title: "Tickets", fields, visit)
  }
}
