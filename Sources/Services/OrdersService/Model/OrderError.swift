/// Why a well-formed request about an order is refused.
enum OrderError: Error, Hashable {
  case ticketNotFound
  case ticketReserved
  /// The buyer saw another offer than this, which there is now.
  case priceChanged(priceCents: Int64, version: Int64)
  case ownTicket
  case ticketTooNew
  case notFound
  case notOwner
  case complete
  case paymentInProgress
  case cancelled
  case expired
  case amountMismatch
  case attemptOver
  case versionExhausted
  case tooManyWatchers
}
