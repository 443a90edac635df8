import Identifiers
import RPC
import ServiceHost
import TicketingProto

extension OrdersHandlers {
  /// How often a reservation is made anew whose ticket has changed meanwhile.
  private static let attempts = 8

  func createOrder(
    _ request: OrdersV1.CreateOrderRequest, context: CallContext
  ) async throws -> OrdersV1.CreateOrderResponse {
    let user = try context.requireUser()
    let key = try IdempotencyKey.validated(request.idempotencyKey)
    guard !request.ticketID.isEmpty else { throw Self.missingTicket }
    guard let ticketID = ULID(request.ticketID) else { throw OrderError.ticketNotFound }
    let id = ULID().description
    for _ in 0..<Self.attempts {
      guard let (ticket, now) = try await store.ticketAndTime(ticketID) else { throw OrderError.ticketNotFound }
      let order = Order.reserving(ticket, as: id, for: user.id, window: window, at: now)
      if let created = try await store.create(order, of: ticket, idempotencyKey: key, trace: context.trace) {
        return OrdersV1.CreateOrderResponse(order: created)
      }
    }
    throw OrderError.concurrentUpdate
  }

  private static let missingTicket = RPCError(
    .invalidArgument, "Invalid request", reason: "INVALID_FIELDS",
    violations: [.init(field: "ticketId", message: "ticketId is required")])
}
