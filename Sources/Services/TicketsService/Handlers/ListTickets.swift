import RPC
import Records
import ServiceHost
import TicketingProto

extension TicketsHandlers {
  func listTickets(
    _ request: TicketsV1.ListTicketsRequest, context: CallContext
  ) async throws -> TicketsV1.ListTicketsResponse {
    let page = try PageRequest(size: request.pageSize, token: request.pageToken)
    let (tickets, next) = try await store.available(page)
    return TicketsV1.ListTicketsResponse(
      tickets: tickets.map(TicketsV1.Ticket.init), nextPageToken: next?.description ?? "")
  }
}
