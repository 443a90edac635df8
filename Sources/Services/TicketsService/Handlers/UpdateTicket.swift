import Identifiers
import RPC
import ServiceHost
import TicketingProto

extension TicketsHandlers {
  func updateTicket(
    _ request: TicketsV1.UpdateTicketRequest, context: CallContext
  ) async throws -> TicketsV1.UpdateTicketResponse {
    let user = try context.requireUser()
    let draft = try TicketDraft.validated(title: request.title, priceCents: request.priceCents, limits)
    let expected: Int64? = if case .expectedVersion(let version) = request.expected { version } else { nil }
    guard let id = ULID(request.id),
      let ticket = try await store.update(
        id, trace: context.trace, { try $0.edited(draft, by: user.id, expecting: expected) })
    else { throw TicketError.notFound }
    return TicketsV1.UpdateTicketResponse(ticket: TicketsV1.Ticket(ticket))
  }
}
