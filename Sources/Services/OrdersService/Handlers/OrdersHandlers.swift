import TicketingProto

/// The orders service's RPCs; each has a file of its own beside this one.
struct OrdersHandlers: OrdersV1.OrdersServiceProtocol {
  let store: OrderStore
  let watch: OrderWatch
  /// The time to pay an order.
  let window: Duration
}
