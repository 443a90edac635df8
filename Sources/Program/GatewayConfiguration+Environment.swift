import Gateway
import Logging
import ServiceHost
import Storefront

extension GatewayConfiguration {
  /// `TRUSTED_PROXIES` and `ALLOWED_ORIGINS`, both comma-separated; `CURRENCY`; cookies are Secure in production.
  init(_ environment: Environment, settings: CommonSettings) throws(ConfigurationError) {
    self.init()
    secureCookies = settings.stage == .production
    allowedOrigins = Set(
      try environment.list("ALLOWED_ORIGINS", of: "origins such as https://tickets.example") { Origin($0) })
    currency = try environment.currency()
    trustedProxies = try environment.list("TRUSTED_PROXIES", of: "addresses or networks such as 10.0.0.0/8") {
      IPNetwork($0)
    }
  }
}

extension StorefrontConfiguration {
  /// `BOOTSTRAP_DIR`, `STRIPE_PUBLISHABLE_KEY`; of `STRIPE_KEY` only whether there is one.
  init(_ environment: Environment, logger: Logger) throws(ConfigurationError) {
    self.init()
    bootstrapFolder = environment.string("BOOTSTRAP_DIR") ?? bootstrapFolder
    if let key = environment.string("STRIPE_PUBLISHABLE_KEY") {
      // What was given may be the secret key, so it is not shown.
      guard let entry = CardEntry(publishableKey: key) else {
        throw ConfigurationError("STRIPE_PUBLISHABLE_KEY must be Stripe's publishable key: pk_test_... or pk_live_...")
      }
      cards = entry
    } else if environment.hasSecret("STRIPE_KEY") {
      cards = .unavailable
      logger.warning("the pages cannot take a card: STRIPE_KEY is set, and STRIPE_PUBLISHABLE_KEY is not")
    }
  }
}
