import Money
import RPC
import Synchronization
import TicketingProto

/// The tickets service's protocol with rules like its own and tickets in memory.
package final class TicketsServiceDouble: TicketsV1.TicketsServiceProtocol {
  private struct State {
    /// By age.
    var tickets: [TicketsV1.Ticket] = []
    var idempotent: [String: (request: TicketsV1.CreateTicketRequest, ticket: TicketsV1.Ticket)] = [:]
  }

  private let state = Mutex(State())
  private let sessions: SessionsDouble
  private let calls: CallsDouble
  private let limits: PriceLimits

  package init(sessions: SessionsDouble, calls: CallsDouble, limits: PriceLimits = PriceLimits(.usd)) {
    self.limits = limits
    self.sessions = sessions
    self.calls = calls
  }

  package var count: Int { state.withLock { $0.tickets.count } }

  /// Puts tickets up for sale without a request for each.
  package func offer(_ count: Int, title: String) {
    state.withLock { state in
      for _ in 0..<count {
        state.tickets.append(
          .init(id: "01JATICKET\(10000 + state.tickets.count)", title: title, priceCents: 5000, userID: "nobody"))
      }
    }
  }

  /// An order takes the ticket.
  package func reserve(_ id: String, by orderID: String) {
    state.withLock { state in
      guard let index = state.tickets.firstIndex(where: { $0.id == id }) else { return }
      state.tickets[index].orderID = orderID
      state.tickets[index].version += 1
    }
  }

  /// The order that holds the ticket is cancelled.
  package func free(_ id: String) { reserve(id, by: "") }

  /// The order that holds the ticket is paid.
  package func sell(_ id: String) {
    state.withLock { state in
      guard let index = state.tickets.firstIndex(where: { $0.id == id }) else { return }
      state.tickets[index].sold = true
    }
  }

  package func createTicket(
    _ request: TicketsV1.CreateTicketRequest, context: CallContext
  ) async throws -> TicketsV1.CreateTicketResponse {
    try await calls.record(context)
    let user = try sessions.user(of: context)
    let title = try validated(title: request.title, priceCents: request.priceCents)
    let key = request.idempotencyKey
    guard key.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), key.utf8.count <= 255 else {
      throw RPCError.invalidFields([.init(field: "Idempotency-Key", message: "Idempotency-Key must be visible ASCII")])
    }
    return try state.withLock { state in
      if let known = state.idempotent[key] {
        guard known.request == request else {
          throw RPCError(
            .failedPrecondition, "This Idempotency-Key came with another request before",
            reason: "IDEMPOTENCY_KEY_REUSED")
        }
        return .init(ticket: known.ticket)
      }
      let ticket = TicketsV1.Ticket(
        id: "01JATICKET\(10000 + state.tickets.count)", title: title, priceCents: request.priceCents, userID: user.id)
      state.tickets.append(ticket)
      if !key.isEmpty { state.idempotent[key] = (request, ticket) }
      return .init(ticket: ticket)
    }
  }

  package func getTicket(
    _ request: TicketsV1.GetTicketRequest, context: CallContext
  ) async throws -> TicketsV1.GetTicketResponse {
    try await calls.record(context)
    return .init(ticket: try ticket(request.id))
  }

  package func batchGetTickets(
    _ request: TicketsV1.BatchGetTicketsRequest, context: CallContext
  ) async throws -> TicketsV1.BatchGetTicketsResponse {
    try await calls.record(context)
    let tickets = state.withLock { $0.tickets }
    return .init(tickets: request.ids.compactMap { id in tickets.first { $0.id == id } })
  }

  package func updateTicket(
    _ request: TicketsV1.UpdateTicketRequest, context: CallContext
  ) async throws -> TicketsV1.UpdateTicketResponse {
    try await calls.record(context)
    let user = try sessions.user(of: context)
    let title = try validated(title: request.title, priceCents: request.priceCents)
    let ticket = try ticket(request.id)
    guard ticket.userID == user.id else {
      throw RPCError(.permissionDenied, "Not authorized", reason: "NOT_OWNER")
    }
    if case .expectedVersion(let expected) = request.expected, expected != ticket.version {
      throw RPCError(
        .failedPrecondition, "The ticket has changed meanwhile", reason: "VERSION_OUTDATED",
        details: ["version": ticket.version])
    }
    guard ticket.orderID.isEmpty else {
      throw RPCError(.failedPrecondition, "Cannot edit a reserved ticket", reason: "TICKET_RESERVED")
    }
    let edited = TicketsV1.Ticket(
      id: ticket.id, title: title, priceCents: request.priceCents, userID: user.id, version: ticket.version + 1)
    state.withLock { state in
      if let index = state.tickets.firstIndex(where: { $0.id == edited.id }) { state.tickets[index] = edited }
    }
    return .init(ticket: edited)
  }

  package func listTickets(
    _ request: TicketsV1.ListTicketsRequest, context: CallContext
  ) async throws -> TicketsV1.ListTicketsResponse {
    try await calls.record(context)
    let (page, next) = try page(request.pageSize, request.pageToken) { $0.orderID.isEmpty }
    return .init(tickets: page, nextPageToken: next)
  }

  package func listOwnTickets(
    _ request: TicketsV1.ListOwnTicketsRequest, context: CallContext
  ) async throws -> TicketsV1.ListOwnTicketsResponse {
    try await calls.record(context)
    let user = try sessions.user(of: context)
    let (page, next) = try page(request.pageSize, request.pageToken) { $0.userID == user.id }
    return .init(tickets: page, nextPageToken: next)
  }

  private func page(
    _ size: Int32, _ token: String, where isWanted: (TicketsV1.Ticket) -> Bool
  ) throws -> (tickets: [TicketsV1.Ticket], next: String) {
    guard token.isEmpty || token.hasPrefix("01JA") else {
      throw RPCError.invalidFields([.init(field: "cursor", message: "cursor is not one that this API gave out")])
    }
    let size = size == 0 ? 1000 : Int(size)
    let rest = state.withLock { $0.tickets }.reversed().filter { isWanted($0) && (token.isEmpty || $0.id < token) }
    let page = Array(rest.prefix(size))
    return (page, rest.count > size ? page.last?.id ?? "" : "")
  }

  private func ticket(_ id: String) throws -> TicketsV1.Ticket {
    guard let ticket = state.withLock({ $0.tickets.first { $0.id == id } }) else {
      throw RPCError(.notFound, "Ticket not found", reason: "TICKET_NOT_FOUND")
    }
    return ticket
  }

  private func validated(title: String, priceCents: Int64) throws -> String {
    let words = title.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    var violations: [RPCError.Violation] = []
    if words.isEmpty { violations.append(.init(field: "title", message: "Title is required")) }
    if words.count > 200 { violations.append(.init(field: "title", message: "Title must be at most 200 characters")) }
    if let problem = limits.problem(with: priceCents) {
      violations.append(.init(field: "price", message: problem))
    }
    guard violations.isEmpty else { throw RPCError.invalidFields(violations) }
    return words
  }
}
