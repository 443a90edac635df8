import Identifiers
import RPC
import ServiceHost
import TicketingProto

extension OrdersHandlers {
  /// How often a reservation is made anew whose ticket has changed meanwhile.
  private static let attempts = 8
  /// For how long what the buyer has seen is waited for, until orders has heard of it too.
  private static let patience: Duration = .seconds(2)

  func createOrder(
    _ request: OrdersV1.CreateOrderRequest, context: CallContext
  ) async throws -> OrdersV1.CreateOrderResponse {
    let user = try context.requireUser()
    let key = try IdempotencyKey.validated(request.idempotencyKey)
    let seen = SeenOffer(request)
    guard !request.ticketID.isEmpty else { throw Self.missingTicket }
    guard let ticketID = ULID(request.ticketID) else { throw OrderError.ticketNotFound }
    let mark = key.map { RequestMark($0, by: user.id, of: ticketID.description, seen: seen) }
    let id = ULID().description
    for _ in 0..<Self.attempts {
      let (ticket, now) = try await ticket(ticketID, asSeen: seen)
      do {
        try ticket.checkSale(to: user.id, asSeen: seen)
        let order = Order.reserving(ticket, as: id, for: user.id, window: window, at: now)
        if let created = try await store.create(order, of: ticket, mark: mark, trace: context.trace) {
          return OrdersV1.CreateOrderResponse(order: created)
        }
      } catch let error as OrderError {
        // What has changed since is nothing to somebody who asks again for what they were given then.
        guard let mark, let earlier = try await store.recall(mark) else { throw error }
        return OrdersV1.CreateOrderResponse(order: earlier)
      }
    }
    throw OrderError.concurrentUpdate
  }

  /// The ticket once orders has heard of the version that the buyer saw, or as it is after a while.
  private func ticket(_ id: ULID, asSeen seen: SeenOffer) async throws -> (OfferedTicket, UnixTime) {
    let deadline = ContinuousClock.now + Self.patience
    var pause: Duration = .milliseconds(5)
    while true {
      let found = try await store.ticketAndTime(id)
      let isHeardOf = found.map { seen.verdict(on: $0.ticket) != .notHeardOf } ?? (seen.version == nil)
      guard !isHeardOf, .now < deadline else {
        guard let found else { throw OrderError.ticketNotFound }
        return found
      }
      try await Task.sleep(for: pause)
      pause = min(pause * 2, .milliseconds(100))
    }
  }

  private static let missingTicket = RPCError(
    .invalidArgument, "Invalid request", reason: "INVALID_FIELDS",
    violations: [.init(field: "ticketId", message: "ticketId is required")])
}

extension SeenOffer {
  init(_ request: OrdersV1.CreateOrderRequest) {
    self.init(priceCents: request.seenPriceCents == 0 ? nil : request.seenPriceCents)
    if case .seenVersion(let version) = request.seen { self.version = version }
  }
}
