/// A guard that is left out on purpose, to see that the simulation notices.
enum Sabotage: String, CaseIterable, Sendable {
  // – -> created
  case createdWithoutLiveGuard
  case createdFromAnOldCopy
  // any change of an order
  case orderWrittenWithoutStateGuard
  // created -> cancelled
  case cancelTakesAnyLivePointer
  case expiresBeforeItsTime
  // no attempt -> pending(n)
  case attemptBesideAnother
  case attemptBesideAbandoned
  // created -> awaiting(n)
  case beginsAfterItsTime
  case chargesWithoutBegin
  case beginRefusalIgnored
  // charge
  case chargesWithoutIdempotencyKey
  case confirmsBeforeIntentIsStored
  // answers are about what was asked for
  case answersAreNotChecked
  case stripeIDSharedByTwo
  // saved errors
  case savedErrorIsTheEnd
  // 3-D Secure
  case challengeIsCancelled
  // refunds
  case refundPendingIsDone
  case failedRefundIsNotHeard
  case staleAnswerEndsDoubt
  case keptRefundIsBelieved
  case olderReversalWins
  // pending -> succeeded
  case attemptWrittenWithoutRevisionGuard
  // awaiting(n) -> complete
  case paidByAnyAttempt
  case noRefundForUnwantedPayment
  case refundRequestedAgain
  // pending -> declined; awaiting -> created
  case declinedByAnyAttempt
  case payableAgainAfterItsTime
  // pending stays
  case unknownIsDeclined
  // pending -> abandoned
  case neverAbandons
  case abandonedWithoutCancelling
  case abandonedIsNotWatched
  case lateBeginAfterAbandoned
  // lost timers
  case noSweeper
  // state and event are one commit
  case eventApartFromState
  // consumers
  case olderIsApplied
  case newestIsNotGuarded
  case marksAreNotCompared
  case markIsNotGuarded
  case reservationsAreNotCounted
  case reservationIsNotGuarded
  case ticketWrittenWithoutVersionGuard
  case paymentEventsLost

  /// A guard behind which this one stands: as long as that one holds, this one has nothing to do. Then both are left
  /// out, and what only the first would prevent is allowed.
  var exposure: Sabotage? {
    switch self {
    case .paidByAnyAttempt, .noRefundForUnwantedPayment, .refundRequestedAgain: .attemptBesideAnother
    case .cancelTakesAnyLivePointer: .createdWithoutLiveGuard
    case .reservationIsNotGuarded: .createdFromAnOldCopy
    case .payableAgainAfterItsTime: .noSweeper
    default: nil
    }
  }
}
