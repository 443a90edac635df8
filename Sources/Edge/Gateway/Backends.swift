import TicketingProto

/// The services that the API is made of, each as its generated client.
///
/// One more service is one more line here, a file of routes under `Routes/` and its rows in ``RouteTable``.
package struct Backends: Sendable {
  package let auth: AuthV1.AuthServiceClient
  package let tickets: TicketsV1.TicketsServiceClient
  package let orders: OrdersV1.OrdersServiceClient
  /// For the streams of those who watch an order: each takes one of a connection's streams for minutes, and must not
  /// take them from other calls.
  package let orderWatches: OrdersV1.OrdersServiceClient
  package let payments: PaymentsV1.PaymentsServiceClient

  package init(
    auth: AuthV1.AuthServiceClient, tickets: TicketsV1.TicketsServiceClient, orders: OrdersV1.OrdersServiceClient,
    orderWatches: OrdersV1.OrdersServiceClient, payments: PaymentsV1.PaymentsServiceClient
  ) {
    self.auth = auth
    self.tickets = tickets
    self.orders = orders
    self.orderWatches = orderWatches
    self.payments = payments
  }
}
