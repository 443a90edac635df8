import RPC
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
      return BeginAnswer(error)
    } catch {
      return .unknown
    }
  }
}

extension BeginAnswer {
  /// Only what rests on the order's own state is a refusal: it then does not wait for this attempt. Anything else may
  /// have been said after the order was taken hold of.
  init(_ error: RPCError) {
    switch (error.code, error.reason) {
    case (.failedPrecondition, let reason?):
      self = .refused(Decline(code: reason, message: error.message))
    case (.notFound, "ORDER_NOT_FOUND"?), (.permissionDenied, "NOT_OWNER"?):
      self = .refused(Decline(code: error.reason ?? "", message: error.message))
    default: self = .unknown
    }
  }
}
