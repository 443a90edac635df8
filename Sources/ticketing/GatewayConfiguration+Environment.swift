import Gateway
import ServiceHost
import Storefront

extension GatewayConfiguration {
  /// `TRUSTED_PROXIES` and `ALLOWED_ORIGINS`, both comma-separated; cookies are Secure in production.
  init(_ environment: Environment, settings: CommonSettings) throws(ConfigurationError) {
    self.init()
    secureCookies = settings.stage == .production
    allowedOrigins = environment.list("ALLOWED_ORIGINS")
    for text in environment.list("TRUSTED_PROXIES") {
      guard let network = IPNetwork(text) else {
        throw ConfigurationError(
          "TRUSTED_PROXIES has '\(text.prefix(80))': it must be a list of addresses or networks such as 10.0.0.0/8")
      }
      trustedProxies.append(network)
    }
  }
}

extension StorefrontConfiguration {
  /// `BOOTSTRAP_DIR`
  init(_ environment: Environment) {
    self.init()
    bootstrapFolder = environment.string("BOOTSTRAP_DIR") ?? bootstrapFolder
  }
}
