import Identifiers
import RPC
import Records
import ServiceHost
import TicketingProto

extension TicketsHandlers {
  func createTicket(
    _ request: TicketsV1.CreateTicketRequest, context: CallContext
  ) async throws -> TicketsV1.CreateTicketResponse {
    let user = try context.requireUser()
    let draft = try TicketDraft.validated(title: request.title, priceCents: request.priceCents, limits)
    let key = try IdempotencyKey.validated(request.idempotencyKey)
    let ticket = Ticket(id: ULID().description, title: draft.title, priceCents: draft.priceCents, userID: user.id)
    let answer = TicketsV1.Ticket(ticket)
    switch try await store.create(ticket, key: key, answer: answer.encoded(), trace: context.trace) {
    case .created: return TicketsV1.CreateTicketResponse(ticket: answer)
    case .repeated(let earlier): return TicketsV1.CreateTicketResponse(ticket: try TicketsV1.Ticket(encoded: earlier))
    case .refused: throw MalformedRecord(Ticket.key(ticket.id))
    }
  }
}
