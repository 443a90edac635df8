import Logging
import RPC
import TicketingProto

/// The payments service's RPCs; each has a file of its own beside this one.
struct PaymentsHandlers: PaymentsV1.PaymentsServiceProtocol {
  let store: PaymentStore
  let resolver: PaymentResolver
  let processor: any PaymentProcessor
  let orders: OrdersV1.OrdersServiceClient
  let settings: PaymentsSettings
  let logger: Logger
}
