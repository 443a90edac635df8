import Identifiers

/// An order as the payments service knows it, and the latest attempt to pay it.
struct PayableOrder: Sendable, Hashable {
  enum Status: String, Sendable { case created, cancelled }

  let id: String
  /// The owner.
  let userID: String
  let priceCents: Int64
  var status = Status.created
  /// The last version of the order that was seen.
  var version: Int64 = 0
  /// 0: none yet.
  var attempt: Int64 = 0
  var attemptStatus: Attempt.Status?
  /// false: no event has told of it yet, orders was asked.
  var isStored = true

  enum Decision: Sendable, Hashable {
    /// An attempt is under way or has succeeded: that one is the answer, whatever card is shown.
    case join(AttemptID)
    case begin(Attempt)
  }

  /// What a request by `userID` to pay with `token` leads to; without one it only asks for the payment under way.
  func paying(
    with token: CardToken?, by userID: String, paymentID: String, now: UnixTime, hold: Duration, returnURL: String = ""
  ) throws(PaymentError) -> Decision {
    guard userID == self.userID else { throw .notOwner }
    if attemptStatus == .pending || attemptStatus == .succeeded {
      return .join(AttemptID(orderID: id, number: attempt))
    }
    guard let token else { throw .cardMissing }
    guard status == .created else { throw .orderCancelled }
    // Whether it charged is not known, and orders is about to cancel the order: another would charge beside it.
    guard attemptStatus != .abandoned, attemptStatus != .unsettled else { throw .abandoned }
    guard attemptStatus != .refunding else { throw .refunded }
    let (number, overflow) = attempt.addingReportingOverflow(1)
    guard !overflow else { throw .attemptsExhausted }
    return .begin(
      Attempt(
        id: AttemptID(orderID: id, number: number), paymentID: paymentID, userID: userID, amountCents: priceCents,
        createdAt: now, giveUpAt: now.adding(hold), returnURL: returnURL, token: token))
  }
}
