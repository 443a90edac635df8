import ServiceHost

/// What the orders service can be told by its environment.
package struct OrdersSettings: Sendable {
  /// `EXPIRATION_WINDOW_SECONDS`: the time to pay an order.
  let window: Duration

  package init(_ environment: Environment) throws(ConfigurationError) {
    window = .seconds(try environment.integer("EXPIRATION_WINDOW_SECONDS", default: 900, in: 1...31_536_000))
  }
}
