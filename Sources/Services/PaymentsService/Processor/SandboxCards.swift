/// The test tokens that the sandbox knows, with Stripe's names (docs.stripe.com/testing) and what becomes of them.
enum SandboxCard: Sendable, Hashable {
  case pays
  case wantsAuthentication
  case isDeclined(Decline)

  /// nil for a token that nobody gave out.
  init?(_ token: CardToken) {
    let name = token.value
    if Self.paying.contains(name) {
      self = .pays
    } else if Self.authenticated.contains(name) {
      self = .wantsAuthentication
    } else if let decline = Self.declined[name] {
      self = .isDeclined(decline)
    } else {
      return nil
    }
  }

  private static let paying = Set(
    ["visa", "visa_debit", "mastercard", "mastercard_debit", "amex", "discover", "diners", "jcb", "unionpay"]
      .flatMap { ["tok_\($0)", "pm_card_\($0)"] })

  private static let authenticated: Set = ["tok_threeDSecure2Required", "pm_card_threeDSecure2Required"]

  private static let declined: [String: Decline] = {
    let reasons = [
      ("", "card_declined", "Your card was declined."),
      ("InsufficientFunds", "insufficient_funds", "Your card has insufficient funds."),
      ("LostCard", "lost_card", "Your card was declined."), ("StolenCard", "stolen_card", "Your card was declined."),
      ("ExpiredCard", "expired_card", "Your card has expired."),
      ("IncorrectCvc", "incorrect_cvc", "Your card's security code is incorrect."),
      (
        "ProcessingError", "processing_error",
        "An error occurred while processing your card. Try again in a little bit."
      ),
    ]
    var table: [String: Decline] = [:]
    for (suffix, code, message) in reasons {
      for prefix in ["tok_", "pm_card_"] {
        table["\(prefix)chargeDeclined\(suffix)"] = Decline(code: code, message: message)
      }
    }
    return table
  }()
}
