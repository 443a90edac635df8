import Identifiers
import RPC
import Records
import TicketingProto

extension AttemptDriver {
  /// How long orders may take to answer.
  private static let patience: Duration = .seconds(5)

  /// Asks orders to hold the order for this attempt.
  func begin(_ attempt: Attempt) async -> BeginAnswer {
    do {
      let options = try await credentials.options(
        actingFor: attempt.userID, trace: attempt.trace, timeout: Self.patience)
      _ = try await orders.beginPayment(
        OrdersV1.BeginPaymentRequest(
          orderID: attempt.id.orderID, attempt: attempt.id.number, amountCents: attempt.amountCents),
        options: options)
      return .agreed
    } catch let error as RPCError {
      // Only what rests on the order's own state is a refusal: it then does not wait for this attempt. Anything else may
      // have been said after the order was taken hold of.
      return OrderRefusal(error).map { .refused($0) } ?? .unknown
    } catch {
      return .unknown
    }
  }
}
