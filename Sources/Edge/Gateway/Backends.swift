import RPC
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
    auth: any RPCChannel, tickets: any RPCChannel, orders: any RPCChannel, orderWatches: any RPCChannel,
    payments: any RPCChannel
  ) {
    self.auth = AuthV1.AuthServiceClient(auth)
    self.tickets = TicketsV1.TicketsServiceClient(tickets)
    self.orders = OrdersV1.OrdersServiceClient(orders)
    self.orderWatches = OrdersV1.OrdersServiceClient(orderWatches)
    self.payments = PaymentsV1.PaymentsServiceClient(payments)
  }

  /// All behind one channel.
  package init(all channel: any RPCChannel) {
    self.init(auth: channel, tickets: channel, orders: channel, orderWatches: channel, payments: channel)
  }
}
