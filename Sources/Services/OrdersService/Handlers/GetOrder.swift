import Identifiers
import RPC
import ServiceHost
import TicketingProto

extension OrdersHandlers {
  func getOrder(_ request: OrdersV1.GetOrderRequest, context: CallContext) async throws -> OrdersV1.GetOrderResponse {
    let user = try context.requireUser()
    return OrdersV1.GetOrderResponse(order: OrdersV1.Order(try await order(request.id, of: user)))
  }

  /// Throws `OrderError` where there is no such order, or it is another user's.
  func order(_ id: String, of user: User) async throws -> Order {
    guard let id = ULID(id), let order = try await store.order(id) else { throw OrderError.notFound }
    guard order.userID == user.id else { throw OrderError.notOwner }
    return order
  }
}
