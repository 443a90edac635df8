import Money
import ServiceHost

/// What the payments service can be told by its environment.
package struct PaymentsSettings: Sendable {
  /// `PAYMENT_HOLD_MAX_SECONDS`: for how long the outcome of an attempt may stay unknown.
  var holdMaximum: Duration
  /// `STRIPE_KEY`; nil: the sandbox stands in for Stripe.
  var stripeKey: Secret?
  /// `STRIPE_API_BASE`, without a slash at its end.
  var stripeBase: String
  /// `CURRENCY`, as Stripe writes it.
  var currency: String
  /// `STRIPE_WEBHOOK_SECRET`; nil: webhooks are refused.
  var webhookSecret: Secret?

  /// `PAYMENT_LEASE_SECONDS`: how long an attempt is left to the process that claimed it, and so how long one waits
  /// whose process has died. Longer than a step usually takes: two drivers at once do no harm but work.
  var lease: Duration
  var pace = RetryPace()
  /// How long a request waits for the outcome before it answers that the payment is pending.
  var answerWithin: Duration = .seconds(25)
  /// One request to the processor, from looking for a connection to the last byte of the answer.
  var processorTimeout: Duration = .seconds(20)

  package init(_ environment: Environment, stage: CommonSettings.Stage) throws(ConfigurationError) {
    holdMaximum = .seconds(try environment.integer("PAYMENT_HOLD_MAX_SECONDS", default: 600, in: 1...86_400))
    lease = .seconds(try environment.integer("PAYMENT_LEASE_SECONDS", default: 30, in: 1...3600))
    stripeKey = try PaymentsMode.stripeKey(environment, stage: stage)
    currency = try environment.currency().code
    webhookSecret = try Secret(environment, "STRIPE_WEBHOOK_SECRET")
    stripeBase = try Self.base(environment.string("STRIPE_API_BASE") ?? "https://api.stripe.com", stage)
  }

  /// Without encryption only where nothing is at stake.
  private static func base(_ text: String, _ stage: CommonSettings.Stage) throws(ConfigurationError) -> String {
    let isPlain = text.hasPrefix("http://") && stage != .production
    guard isPlain || text.hasPrefix("https://"), text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }),
      !text.contains(where: { "?#@".contains($0) })
    else {
      throw ConfigurationError(
        "STRIPE_API_BASE must be an https:// URL without query or password"
          + (stage == .production ? "" : " (or http:// for a test)"))
    }
    return String(text.reversed().drop { $0 == "/" }.reversed())
  }
}

/// A text that no log and no error may show.
struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  let value: String

  init(_ value: String) {
    self.value = value
  }

  /// nil: the variable is not set.
  init?(_ environment: Environment, _ name: String) throws(ConfigurationError) {
    guard let value = try environment.secret(name) else { return nil }
    guard value.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      throw ConfigurationError("\(name) must be of visible ASCII characters, without spaces")
    }
    self.value = value
  }

  var description: String { "(secret)" }
  var debugDescription: String { description }
  var customMirror: Mirror { Mirror(self, children: []) }
}
