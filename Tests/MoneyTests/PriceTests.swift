import Testing

@testable import Money

@Suite struct `Prices` {
  @Test(
    arguments: [
      ("50", 5000), ("12.50", 1250), ("12.5", 1250), ("0.05", 5), ("1e2", 10_000), ("1E2", 10_000), ("1e+2", 10_000),
      ("1.5e1", 1500), ("5e-2", 5), ("125e-1", 1250), ("0", 0), ("-0", 0), ("-0.00", 0), ("0e999999999999", 0),
      ("10.5000000", 1050), ("10.50e0", 1050), ("100000e-3", 10_000), ("1000000", 100_000_000),
      ("1000000.01", 100_000_001), ("-3", -300), ("-0.01", -1), ("0.29", 29), ("1.1", 110), ("4.35", 435),
      ("999999.99", 99_999_999), ("999999999999.99", 99_999_999_999_999),
    ] as [(String, Int64)])
  func `become integer cents by decimal arithmetic`(text: String, cents: Int64) throws {
    #expect(try Currency.usd.minorUnits(text) == cents)
  }

  @Test(arguments: [
    "0.001", "1.999", "-0.001", "1e-3", "12.345", "1e-400", "0.000000000000000000001", "1e-99999999999",
  ])
  func `have at most two decimals`(text: String) {
    #expect(throws: PriceProblem.tooManyDecimals(2)) { try Currency.usd.minorUnits(text) }
  }

  @Test(arguments: [
    "1e308", "1e400", "9223372036854775808", "-9223372036854775808", "1e99999999999999999999", "1e12",
    "1000000000000", "-1e308",
  ])
  func `are refused far out of range, however large`(text: String) {
    #expect(throws: PriceProblem.outOfRange) { try Currency.usd.minorUnits(text) }
  }

  @Test(arguments: [
    "", " ", "NaN", "nan", "Infinity", "-Infinity", "abc", "12,50", "$5", "1 000", " 5", "5 ", "+5", "05", "-", ".5",
    "5.", "1e", "1e+", "0x10", "1_000", "１２", "5\0", "5\r\n", "--5", "1.2.3", "1e5e5", "٥",
  ])
  func `are numbers by the grammar of JSON`(text: String) {
    #expect(throws: PriceProblem.notANumber) { try Currency.usd.minorUnits(text) }
  }

  @Test func `may be written with any number of digits`() throws {
    let zeros = String(repeating: "0", count: 100_000)
    let nines = String(repeating: "9", count: 100_000)
    #expect(try Currency.usd.minorUnits("12.5\(zeros)") == 1250)
    #expect(try Currency.usd.minorUnits("1\(zeros)e-100000") == 100)
    #expect(throws: PriceProblem.outOfRange) { try Currency.usd.minorUnits(nines) }
    #expect(throws: PriceProblem.tooManyDecimals(2)) { try Currency.usd.minorUnits("1.\(nines)") }
    #expect(throws: PriceProblem.outOfRange) { try Currency.usd.minorUnits("1e\(nines)") }
    #expect(throws: PriceProblem.tooManyDecimals(2)) { try Currency.usd.minorUnits("1e-\(nines)") }
    #expect(throws: PriceProblem.notANumber) { try Currency.usd.minorUnits("0\(zeros)1") }
  }

  @Test func `come out right for every cent up to a thousand units`() throws {
    for cents in Int64(0)...100_000 {
      let rest = cents % 100
      let text = "\(cents / 100).\(rest < 10 ? "0" : "")\(rest)"
      #expect(try Currency.usd.minorUnits(text) == cents)
    }
  }
}
