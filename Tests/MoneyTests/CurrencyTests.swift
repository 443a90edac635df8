import Testing

@testable import Money

@Suite struct CurrencyTests {
  @Test(
    arguments: [
      ("usd", 2, 50), ("eur", 2, 50), ("gbp", 2, 30), ("jpy", 0, 50), ("krw", 0, 1), ("huf", 2, 17_500), ("zar", 2, 1),
      ("clp", 0, 1), ("mxn", 2, 1000),
    ] as [(String, Int, Int64)])
  func `a currency that Stripe charges in is known`(code: String, exponent: Int, smallest: Int64) throws {
    let currency = try #require(Currency(code: code))
    #expect(currency.code == code && currency.exponent == exponent && currency.smallestCharge == smallest)
  }

  @Test(arguments: [
    "", "USD", "Usd", "us", "usdd", "xxx", "xau", "btc", "kwd", "bhd", "jod", "omr", "tnd", "isk", "ugx",
  ])
  func `another is not`(code: String) {
    #expect(Currency(code: code) == nil)
  }

  @Test(
    arguments: [
      ("usd", 123_450, "$1,234.50", "1234.50"), ("usd", 5, "$0.05", "0.05"), ("usd", -250, "-$2.50", "-2.50"),
      ("jpy", 1_234_567, "¥1,234,567", "1234567"), ("jpy", 0, "¥0", "0"), ("chf", 100, "CHF\u{a0}1.00", "1.00"),
      ("gbp", .max, "£92,233,720,368,547,758.07", "92233720368547758.07"),
      ("eur", .min, "-€92,233,720,368,547,758.08", "-92233720368547758.08"),
    ] as [(String, Int64, String, String)])
  func `amounts are written for people`(code: String, amount: Int64, read: String, typed: String) throws {
    let currency = try #require(Currency(code: code))
    #expect(currency.text(amount) == read)
    #expect(currency.typed(amount) == typed)
    if amount > Int64.min, amount < Int64.max { #expect(try currency.minorUnits(typed) == amount) }
  }

  @Test func `yen have no decimals`() throws {
    let yen = try #require(Currency(code: "jpy"))
    #expect(try yen.minorUnits("500") == 500)
    #expect(try yen.minorUnits("500.00") == 500)
    #expect(try yen.minorUnits("5e2") == 500)
    for text in ["12.5", "0.1", "5e-1"] {
      let problem = #expect(throws: PriceProblem.tooManyDecimals(0)) { try yen.minorUnits(text) }
      #expect(problem?.message == "must be a whole number")
    }
  }

  @Test(
    arguments: [
      ("usd", 50...99_999_999), ("gbp", 30...99_999_999), ("jpy", 50...1_000_000), ("krw", 1...1_000_000),
    ] as [(String, ClosedRange<Int64>)])
  func `a ticket costs what can be charged, and a million at most`(code: String, range: ClosedRange<Int64>) throws {
    let limits = PriceLimits(try #require(Currency(code: code)))
    #expect(limits.range == range)
    #expect(limits.problem(with: range.lowerBound) == nil && limits.problem(with: range.upperBound) == nil)
    #expect(limits.problem(with: 0) == "Price must be greater than 0")
    #expect(limits.problem(with: .min) == "Price must be greater than 0")
    #expect(limits.problem(with: .max) == "Price must be at most \(limits.currency.typed(range.upperBound))")
    if range.lowerBound > 1 {
      #expect(limits.problem(with: 1) == "Price must be at least \(limits.currency.typed(range.lowerBound))")
    }
  }
}
