import RPC
import TicketingProto

/// The orders service's RPCs; each has a file of its own beside this one.
struct OrdersHandlers: OrdersV1.OrdersServiceProtocol {
  let store: OrderStore
  let watch: OrderWatch
  /// The time to pay an order.
  let window: Duration
}

/// Runs a handler's body and gives the model's refusals their statuses.
func answering<Output>(_ body: () async throws -> Output) async throws -> Output {
  do {
    return try await body()
  } catch let error as OrderError {
    throw RPCError(error)
  }
}
