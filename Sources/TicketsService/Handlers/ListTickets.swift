import Identifiers
import RPC
import TicketingProto

extension TicketsHandlers {
  private static let maximumPageSize = 1000

  func listTickets(
    _ request: TicketsV1.ListTicketsRequest, context: CallContext
  ) async throws -> TicketsV1.ListTicketsResponse {
    let size = try pageSize(request.pageSize)
    let page = try await store.available(size: size, olderThan: try pageStart(request.pageToken))
    return TicketsV1.ListTicketsResponse(
      tickets: page.tickets.map(TicketsV1.Ticket.init), nextPageToken: page.next?.description ?? "")
  }

  private func pageSize(_ size: Int32) throws -> Int {
    guard size >= 0 else { throw invalid("limit", "limit must be at least 1") }
    return size == 0 ? Self.maximumPageSize : min(Int(size), Self.maximumPageSize)
  }

  /// The id of the previous page's last ticket is the token.
  private func pageStart(_ token: String) throws -> ULID? {
    guard !token.isEmpty else { return nil }
    guard let id = ULID(token) else { throw invalid("cursor", "cursor is not one that this API gave out") }
    return id
  }

  private func invalid(_ field: String, _ message: String) -> RPCError {
    RPCError(
      .invalidArgument, "Invalid request", reason: "INVALID_FIELDS", violations: [.init(field: field, message: message)]
    )
  }
}
