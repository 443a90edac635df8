import Identifiers
import RPC
import TicketingProto

extension TicketsHandlers {
  /// Ids in one call.
  private static let batchLimit = 100

  func batchGetTickets(
    _ request: TicketsV1.BatchGetTicketsRequest, context: CallContext
  ) async throws -> TicketsV1.BatchGetTicketsResponse {
    guard request.ids.count <= Self.batchLimit else {
      throw InvalidFields("ids", "there must be at most \(Self.batchLimit) ids")
    }
    let tickets = try await store.tickets(request.ids.compactMap { ULID($0) })
    return TicketsV1.BatchGetTicketsResponse(tickets: tickets.map(TicketsV1.Ticket.init))
  }
}
