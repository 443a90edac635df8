import Logging
import RPC
import TicketingProto

/// The payments service's RPCs; each has a file of its own beside this one.
struct PaymentsHandlers: PaymentsV1.PaymentsServiceProtocol {
  let store: PaymentStore
  let resolver: PaymentResolver
  let orders: OrdersV1.OrdersServiceClient
  let settings: PaymentsSettings
  let logger: Logger
}

/// Runs a handler's body and gives the model's refusals their statuses.
func answering<Output>(_ body: () async throws -> Output) async throws -> Output {
  do {
    return try await body()
  } catch let error as PaymentError {
    throw RPCError(error)
  }
}
