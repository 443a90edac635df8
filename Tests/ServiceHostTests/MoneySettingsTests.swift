import Money
import ServiceHost
import Testing

@Suite struct MoneySettingsTests {
  @Test(
    arguments: [
      ([:], "usd", 50...99_999_999),
      (["CURRENCY": "jpy"], "jpy", 50...1_000_000),
      (["CURRENCY": "jpy", "PRICE_MIN": "500", "PRICE_MAX": "5e3"], "jpy", 500...5000),
      (["PRICE_MIN": "0.01", "PRICE_MAX": "1000000"], "usd", 1...100_000_000),
      (["CURRENCY": "gbp", "PRICE_MAX": "12.5"], "gbp", 30...1250),
      (["PRICE_MIN": "7", "PRICE_MAX": "7.00"], "usd", 700...700),
    ] as [([String: String], String, ClosedRange<Int64>)])
  func `limits are what is said, and else what Stripe charges`(
    _ variables: [String: String], _ code: String, _ range: ClosedRange<Int64>
  ) throws {
    let limits = try Environment(variables).priceLimits()
    #expect(limits.currency.code == code)
    #expect(limits.range == range)
  }

  @Test(arguments: [
    (["CURRENCY": "USD"], "CURRENCY is 'USD'"), (["CURRENCY": "kwd"], "CURRENCY is 'kwd'"),
    (["CURRENCY": "gold"], "CURRENCY is 'gold'"), (["PRICE_MIN": "cheap"], "PRICE_MIN is 'cheap'"),
    (["PRICE_MIN": "0"], "PRICE_MIN is '0'"), (["PRICE_MIN": "-1"], "PRICE_MIN is '-1'"),
    (["PRICE_MIN": "0.001"], "PRICE_MIN is '0.001'"), (["PRICE_MAX": "1000000.01"], "PRICE_MAX is '1000000.01'"),
    (["PRICE_MAX": "1e400"], "PRICE_MAX is '1e400'"),
    (["CURRENCY": "jpy", "PRICE_MIN": "12.5"], "PRICE_MIN is '12.5'"),
    (["PRICE_MIN": "5", "PRICE_MAX": "4.99"], "PRICE_MIN is 5.00 and PRICE_MAX 4.99"),
    (["PRICE_MAX": "0.49"], "PRICE_MIN is 0.50 and PRICE_MAX 0.49"),
  ])
  func `what is no limit is refused with a sentence`(_ variables: [String: String], _ sentence: String) {
    let error = #expect(throws: ConfigurationError.self) { try Environment(variables).priceLimits() }
    #expect(error?.description.hasPrefix(sentence) == true)
  }
}
