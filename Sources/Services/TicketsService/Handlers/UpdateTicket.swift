import Identifiers
import RPC
import ServiceHost
import TicketingProto

extension TicketsHandlers {
  /// How often an edit that lost against another change is decided anew.
  private static let attempts = 5

  func updateTicket(
    _ request: TicketsV1.UpdateTicketRequest, context: CallContext
  ) async throws -> TicketsV1.UpdateTicketResponse {
    let user = try context.requireUser()
    let draft = try TicketDraft.validated(title: request.title, priceCents: request.priceCents, limits)
    guard let id = ULID(request.id) else { throw TicketError.notFound }
    var expected: Int64?
    if case .expectedVersion(let version) = request.expected { expected = version }
    for _ in 0..<Self.attempts {
      guard let ticket = try await store.ticket(id) else { throw TicketError.notFound }
      let edited = try ticket.edited(draft, by: user.id, expecting: expected)
      if try await store.update(edited, from: ticket.version, trace: context.trace) {
        return TicketsV1.UpdateTicketResponse(ticket: TicketsV1.Ticket(edited))
      }
    }
    throw TicketError.concurrentUpdate
  }
}
