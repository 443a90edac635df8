/// What a browser may load for our pages (w3.org/TR/CSP3): our own files, and no script or style within a page.
struct ContentSecurityPolicy: Sendable {
  let text: String

  /// - Parameters:
  ///   - styleHost: Where Bootstrap comes from, if not from us.
  ///   - cards: Where it is Stripe that takes the card, its own hosts may too (docs.stripe.com/security/guide).
  init(styleHost: String? = nil, cards: CardEntry = .sandbox) {
    let styles = styleHost.map { " \($0)" } ?? ""
    let isStripe = cards.stripeKey != nil
    text = [
      "default-src 'none'",
      "script-src 'self'\(isStripe ? " https://js.stripe.com" : "")",
      "style-src 'self'\(styles)",
      // Bootstrap draws its check marks as data: images.
      "img-src 'self' data:",
      "connect-src 'self'\(isStripe ? " https://api.stripe.com" : "")",
      "frame-src \(isStripe ? "https://js.stripe.com https://hooks.stripe.com" : "'none'")",
      // A form's answer may lead to where Stripe asks the card holder.
      "form-action 'self'\(isStripe ? " https://hooks.stripe.com" : "")",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].joined(separator: "; ")
  }
}
