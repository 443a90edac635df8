import Identifiers
import RPC
import Redis
import ServiceHost
import TicketingProto

extension OrdersHandlers {
  func watchOrder(
    _ request: OrdersV1.WatchOrderRequest, context: CallContext,
    responses: ResponseWriter<OrdersV1.WatchOrderResponse>
  ) async throws {
    let user = try context.requireUser()
    let first = try await order(request.id, of: user)
    try await watch.withWakeUps(of: first.id) { wakeUps in
      var sent: OrdersV1.Order?
      // The first wake-up comes at once: what changed between the read above and now is seen.
      for await _ in wakeUps {
        guard let order = try await current(first.id) else { continue }
        let message = OrdersV1.Order(order)
        if message != sent { try await responses.write(OrdersV1.WatchOrderResponse(order: message)) }
        if order.status.isFinal { return }
        sent = message
      }
      try Task.checkCancellation()
      throw RPCError(.unavailable, "The service is stopping, watch again", reason: "STOPPING")
    }
  }

  /// nil while the store is away: whoever watches is woken when it is back.
  private func current(_ id: String) async throws -> Order? {
    do {
      guard let id = ULID(id), let order = try await store.order(id) else { throw OrderError.notFound }
      return order
    } catch let error as RedisError where error.isOutage {
      return nil
    }
  }
}
