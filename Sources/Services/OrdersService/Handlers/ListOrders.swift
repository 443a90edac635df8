import RPC
import Records
import ServiceHost
import TicketingProto

extension OrdersHandlers {
  func listOrders(
    _ request: OrdersV1.ListOrdersRequest, context: CallContext
  ) async throws -> OrdersV1.ListOrdersResponse {
    let user = try context.requireUser()
    let page = try PageRequest(size: request.pageSize, token: request.pageToken)
    let (orders, next) = try await store.orders(of: user.id, page)
    return OrdersV1.ListOrdersResponse(
      orders: orders.map { OrdersV1.Order($0) }, nextPageToken: next?.description ?? "")
  }
}
