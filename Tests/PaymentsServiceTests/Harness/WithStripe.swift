import Logging
import RedisTestSupport
import StripeTestSupport
import Testing

@testable import PaymentsService

/// The whole service against a twin of Stripe.
func withStripe(
  hold: Duration = .seconds(60), timeout: Duration = .seconds(5), logger: Logger = .silent,
  environment: [String: String] = [:], pace: RetryPace? = nil, lease: Duration? = nil,
  _ body: @Sendable @escaping (PaymentsUnderTest, StripeTwin) async throws -> Void
) async throws {
  try await withStripeTwin { twin, base in
    var settings = try PaymentsSettings.forTests(
      ["STRIPE_API_BASE": base, "STRIPE_KEY": "sk_test_canary"].merging(environment) { $1 })
    settings.holdMaximum = hold
    settings.processorTimeout = timeout
    settings.pace = pace ?? settings.pace
    settings.lease = lease ?? settings.lease
    let key = try #require(settings.stripeKey)
    try await withPayments(
      settings: settings, logger: logger,
      processor: { _, settings in
        StripeProcessor(
          connection: StripeConnection(
            base: settings.stripeBase, key: key, timeout: settings.processorTimeout, logger: logger),
          currency: settings.currency)
      }
    ) { payments in try await body(payments, twin) }
  }
}
