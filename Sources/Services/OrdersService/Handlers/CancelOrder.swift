import Identifiers
import RPC
import Redis
import ServiceHost
import TicketingProto

extension OrdersHandlers {
  func cancelOrder(
    _ request: OrdersV1.CancelOrderRequest, context: CallContext
  ) async throws -> OrdersV1.CancelOrderResponse {
    let user = try context.requireUser()
    return OrdersV1.CancelOrderResponse(order: try await apply(.cancel(by: user.id), to: request.id, context))
  }

  /// The order after the trigger, which may have been so before.
  func apply(_ trigger: OrderTrigger, to id: String, _ context: CallContext) async throws -> OrdersV1.Order {
    guard let id = ULID(id) else { throw OrderError.notFound }
    switch try await store.apply(trigger, to: id, trace: context.trace) {
    case .changed(let order), .unchanged(let order): return OrdersV1.Order(order)
    case .tooEarly: throw Contended()
    case nil: throw OrderError.notFound
    }
  }
}
