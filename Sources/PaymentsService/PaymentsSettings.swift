import ServiceHost

/// What the payments service can be told by its environment.
package struct PaymentsSettings: Sendable {
  /// `PAYMENT_HOLD_MAX_SECONDS`: for how long the outcome of an attempt may stay unknown.
  let holdMaximum: Duration

  package init(_ environment: Environment, stage: CommonSettings.Stage) throws(ConfigurationError) {
    holdMaximum = .seconds(try environment.integer("PAYMENT_HOLD_MAX_SECONDS", default: 600, in: 1...86_400))
  }
}
