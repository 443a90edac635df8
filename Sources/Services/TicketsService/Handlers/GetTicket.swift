import Identifiers
import RPC
import TicketingProto

extension TicketsHandlers {
  func getTicket(
    _ request: TicketsV1.GetTicketRequest, context: CallContext
  ) async throws -> TicketsV1.GetTicketResponse {
    guard let id = ULID(request.id), let ticket = try await store.ticket(id) else { throw TicketError.notFound }
    return TicketsV1.GetTicketResponse(ticket: TicketsV1.Ticket(ticket))
  }
}
