import RPC
import ServiceHost
import TicketingProto

extension OrdersHandlers {
  func beginPayment(
    _ request: OrdersV1.BeginPaymentRequest, context: CallContext
  ) async throws -> OrdersV1.BeginPaymentResponse {
    try context.requireService("payments")
    guard let userID = context.caller?.userID else { throw OrderError.notOwner }
    let trigger = OrderTrigger.beginPayment(
      attempt: request.attempt, amountCents: request.amountCents, by: userID)
    return OrdersV1.BeginPaymentResponse(order: try await apply(trigger, to: request.orderID, context))
  }
}
