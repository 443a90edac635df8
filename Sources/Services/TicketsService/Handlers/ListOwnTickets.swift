import RPC
import Records
import ServiceHost
import TicketingProto

extension TicketsHandlers {
  func listOwnTickets(
    _ request: TicketsV1.ListOwnTicketsRequest, context: CallContext
  ) async throws -> TicketsV1.ListOwnTicketsResponse {
    let user = try context.requireUser()
    let page = try PageRequest(size: request.pageSize, token: request.pageToken)
    let (tickets, next) = try await store.tickets(of: user.id, page)
    return TicketsV1.ListOwnTicketsResponse(
      tickets: tickets.map(TicketsV1.Ticket.init), nextPageToken: next?.description ?? "")
  }
}
