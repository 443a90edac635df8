import Identifiers

/// Why a well-formed request to pay is refused.
enum PaymentError: Error, Hashable {
  case orderNotFound
  case cardMissing
  case notOwner
  case orderCancelled
  case orderComplete
  case attemptsExhausted
  case declined(Decline)
  case refused(OrderRefusal)
  case abandoned
  case refunded
  case challengeNotFound
}
