import ServiceHost
import Testing

@testable import PaymentsService

@Suite struct PaymentsModeTests {
  @Test(
    arguments: [
      ([:], CommonSettings.Stage.development, nil),
      (["PAYMENTS": "sandbox"], .development, nil),
      (["PAYMENTS": "sandbox"], .production, nil),
      (["STRIPE_KEY": "sk_test_1"], .development, "sk_test_1"),
      (["STRIPE_KEY": "rk_live_aB_9"], .development, "rk_live_aB_9"),
      (["STRIPE_KEY": "sk_live_1"], .production, "sk_live_1"),
      (["STRIPE_KEY": "rk_live_1", "PAYMENTS": "live"], .production, "rk_live_1"),
      (["STRIPE_KEY": "sk_live_1", "PAYMENTS": "Live"], .development, "sk_live_1"),
      (["STRIPE_KEY": "sk_test_1", "PAYMENTS": "sandbox"], .production, "sk_test_1"),
      (["STRIPE_KEY": "rk_test_1", "PAYMENTS": "SANDBOX"], .production, "rk_test_1"),
    ] as [([String: String], CommonSettings.Stage, String?)])
  func `it starts where nothing contradicts`(
    _ variables: [String: String], _ stage: CommonSettings.Stage, _ key: String?
  ) throws {
    #expect(try PaymentsSettings(Environment(variables), stage: stage).stripeKey?.value == key)
  }

  @Test(arguments: [
    ([:], CommonSettings.Stage.production, "STRIPE_KEY is not set"),
    (["PAYMENTS": "live"], .development, "STRIPE_KEY is not set"),
    (["STRIPE_KEY": "sk_test_1"], .production, "STRIPE_KEY is a test key"),
    (["STRIPE_KEY": "rk_test_1"], .production, "STRIPE_KEY is a test key"),
    (["STRIPE_KEY": "sk_test_1", "PAYMENTS": "live"], .development, "STRIPE_KEY is a test key"),
    (["STRIPE_KEY": "sk_live_1", "PAYMENTS": "sandbox"], .development, "STRIPE_KEY is a live key"),
    (["STRIPE_KEY": "sk_live_1", "PAYMENTS": "sandbox"], .production, "STRIPE_KEY is a live key"),
    (["PAYMENTS": "test"], .development, "PAYMENTS is 'test': it must be one of live, sandbox"),
    (["PAYMENTS": "none"], .production, "PAYMENTS is 'none'"),
  ])
  func `it does not start where something does`(
    _ variables: [String: String], _ stage: CommonSettings.Stage, _ sentence: String
  ) {
    let error = #expect(throws: ConfigurationError.self) {
      try PaymentsSettings(Environment(variables), stage: stage)
    }
    #expect(error?.description.hasPrefix(sentence) == true)
  }

  @Test(
    arguments: [
      "nonsense", "sk_live_", "sk_test_", "pk_live_1", "sk_live_a-b", "sk_live_a.b", "SK_live_a", " sk_live_a",
      "sk_live_a\u{e9}", "sk_livea", "sk_prod_1", "sk_live_a b", "whsec_1",
    ], CommonSettings.Stage.allCases)
  func `a malformed key is refused everywhere, and not shown`(_ key: String, _ stage: CommonSettings.Stage) {
    for mode in ["", "live", "sandbox"] {
      let error = #expect(throws: ConfigurationError.self) {
        try PaymentsSettings(Environment(["STRIPE_KEY": key, "PAYMENTS": mode]), stage: stage)
      }
      #expect(error?.description.hasPrefix("STRIPE_KEY must be") == true)
      #expect(error?.description.contains(key) == false || key.hasSuffix("_"))
    }
  }
}
