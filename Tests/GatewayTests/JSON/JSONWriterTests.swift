import Foundation
import JSONWriting
import Money
import Testing

@testable import Gateway

@Suite struct `Writing JSON` {
  @Test(
    arguments: [
      (0, "0"), (1, "0.01"), (5, "0.05"), (10, "0.1"), (50, "0.5"), (99, "0.99"), (100, "1"), (105, "1.05"),
      (1250, "12.5"), (5000, "50"), (100_000_000, "1000000"), (99_999_999, "999999.99"), (-1, "-0.01"),
      (-1250, "-12.5"),
      (.max, "92233720368547758.07"), (.min, "-92233720368547758.08"),
    ] as [(Int64, String)])
  func `writes cents as a number without needless zeros`(cents: Int64, expected: String) {
    var json = JSONWriter()
    json.literal("", cents, in: .usd)
    #expect(String(buffer: json.buffer) == expected)
  }

  @Test(arguments: [(0, "0"), (1, "1"), (500, "500"), (-3, "-3"), (.max, "9223372036854775807")] as [(Int64, String)])
  func `writes whole units where there is nothing smaller`(yen: Int64, expected: String) throws {
    var json = JSONWriter()
    json.literal("", yen, in: try #require(Currency(code: "jpy")))
    #expect(String(buffer: json.buffer) == expected)
  }

  @Test(arguments: [
    ("", #""""#), ("plain", #""plain""#), ("a\"b\\c", #""a\"b\\c""#), ("\n\r\t", #""\n\r\t""#),
    ("\0\u{1f}\u{8}", #""\u0000\u001f\u0008""#), ("é€😀", #""é€😀""#), ("</script>\u{2028}", "\"</script>\u{2028}\""),
  ])
  func `escapes what must be escaped and nothing else`(value: String, expected: String) {
    var json = JSONWriter()
    json.string(value)
    #expect(String(buffer: json.buffer) == expected)
  }

  @Test func `writes strings that Foundation and our reader read back`() throws {
    let values = (0..<0x300).compactMap(Unicode.Scalar.init).map { "x\($0)y" }
    for value in values {
      var json = JSONWriter()
      json.literal(#"{"v":"#)
      json.string(value)
      json.literal("}")
      #expect(try JSONReader.readObject(json.buffer)["v"] == .string(value))
      let object = try JSONSerialization.jsonObject(with: Data(json.buffer.readableBytesView)) as? [String: String]
      #expect(object == ["v": value])
    }
  }

  @Test func `writes prices that read back as the same cents`() throws {
    for cents in stride(from: Int64(1), through: 100_000_000, by: 9_973) {
      var json = JSONWriter()
      json.literal("", cents, in: .usd)
      #expect(try Currency.usd.minorUnits(String(buffer: json.buffer)) == cents)
    }
  }
}
