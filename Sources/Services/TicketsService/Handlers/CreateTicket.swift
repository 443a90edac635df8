import Identifiers
import RPC
import ServiceHost
import TicketingProto

extension TicketsHandlers {
  func createTicket(
    _ request: TicketsV1.CreateTicketRequest, context: CallContext
  ) async throws -> TicketsV1.CreateTicketResponse {
    let user = try context.requireUser()
    let draft = try TicketDraft.validated(title: request.title, priceCents: request.priceCents, limits)
    let key = try IdempotencyKey.validated(request.idempotencyKey)
    let ticket = Ticket(
      id: ULID().description, title: draft.title, priceCents: draft.priceCents, userID: user.id)
    return TicketsV1.CreateTicketResponse(
      ticket: try await store.create(ticket, idempotencyKey: key, trace: context.trace))
  }
}
