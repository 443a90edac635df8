/// How the pages are served, beside what the gateway says.
package struct StorefrontConfiguration: Sendable {
  /// The folder with Bootstrap's `css/bootstrap.min.css`; by default where Debian keeps it.
  package var bootstrapFolder = "/usr/share/javascript/bootstrap5"
  package var cards = CardEntry.sandbox

  package init() {}
}

/// How a buyer's card becomes the token that is posted.
package enum CardEntry: Sendable, Hashable {
  /// The sandbox's test cards are offered.
  case sandbox
  /// By Stripe's own field, which wants the account's publishable key.
  case stripe(publishableKey: String)
  /// Not on these pages: Stripe is to be paid, and there is no key for its field.
  case unavailable

  /// nil for what is no publishable key of Stripe's (docs.stripe.com/keys).
  package init?(publishableKey key: String) {
    let isKey = ["pk_test_", "pk_live_"].contains { key.hasPrefix($0) && key.utf8.count > $0.utf8.count }
    guard isKey, key.utf8.count <= 255, key.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
    else { return nil }
    self = .stripe(publishableKey: key)
  }

  var stripeKey: String? {
    if case .stripe(let key) = self { key } else { nil }
  }
}
