import ServiceHost

/// `PAYMENTS`: whether money moves, in so many words.
enum PaymentsMode: String, CaseIterable, Sendable {
  /// Stripe charges real cards.
  case live
  /// No money moves: the sandbox, or Stripe with one of its test keys, takes test cards.
  case sandbox
}

extension PaymentsMode {
  /// `STRIPE_KEY`, which `PAYMENTS` must agree with; nil: the sandbox stands in for Stripe.
  ///
  /// A shop that forgot its key would hand out tickets for nothing, so in production real money is what is meant unless
  /// `PAYMENTS=sandbox` says otherwise.
  static func stripeKey(
    _ environment: Environment, stage: CommonSettings.Stage
  ) throws(ConfigurationError) -> Secret? {
    let said = environment.string("PAYMENTS") != nil
    let mode = try environment.choice("PAYMENTS", default: stage == .production ? PaymentsMode.live : .sandbox)
    guard let key = try Secret(environment, "STRIPE_KEY") else {
      guard mode == .live else { return nil }
      throw ConfigurationError(
        "STRIPE_KEY is not set (nor is STRIPE_KEY_FILE): \(expectation(said)), \(way(out: stage))")
    }
    // What it says instead is not shown: it may be a key all the same.
    guard let kind = PaymentsMode(stripeKey: key.value) else {
      throw ConfigurationError(
        "STRIPE_KEY must be Stripe's secret or restricted key: sk_live_..., rk_live_..., or one of test")
    }
    switch (mode, kind) {
    case (.live, .sandbox):
      throw ConfigurationError("STRIPE_KEY is a test key of Stripe's: \(expectation(said)), \(way(out: stage))")
    case (.sandbox, .live) where said:
      throw ConfigurationError(
        "STRIPE_KEY is a live key of Stripe's, and PAYMENTS=sandbox says that no money is to move")
    default: return key
    }
  }

  private static func expectation(_ said: Bool) -> String {
    "\(said ? "PAYMENTS=live" : "TICKETING_ENV=production") wants a live one"
  }

  private static func way(out stage: CommonSettings.Stage) -> String {
    stage == .production ? "unless PAYMENTS=sandbox says that no money is to move" : "as Stripe's dashboard shows it"
  }

  /// What a key of Stripe's does: `sk_` or `rk_`, `live_` or `test_`, then letters, digits and underscores. nil: it is
  /// none.
  private init?(stripeKey key: String) {
    let kinds: [(String, PaymentsMode)] = [
      ("sk_live_", .live), ("rk_live_", .live), ("sk_test_", .sandbox), ("rk_test_", .sandbox),
    ]
    guard let (prefix, kind) = kinds.first(where: { key.hasPrefix($0.0) }) else { return nil }
    let rest = key.utf8.dropFirst(prefix.utf8.count)
    guard !rest.isEmpty, rest.allSatisfy(Self.isWordByte) else { return nil }
    self = kind
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
