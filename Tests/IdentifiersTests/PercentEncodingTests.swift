import Identifiers
import Testing

@Suite struct `Percent-encoding` {
  @Test(arguments: [
    ("aZ09-._~", "aZ09-._~"), ("a b&c=d/é%", "a%20b%26c%3Dd%2F%C3%A9%25"), ("\n@[`{", "%0A%40%5B%60%7B"), ("", ""),
  ])
  func `leaves only unreserved characters`(text: String, encoded: String) {
    #expect(text.percentEncoded() == encoded)
    #expect(String(percentDecoding: encoded.utf8) == text)
  }

  @Test func `leaves what it is told to`() {
    #expect("/a b".percentEncoded { $0 == UInt8(ascii: "/") } == "/a%20b")
  }

  @Test(arguments: [("%", "%"), ("%4", "%4"), ("%zz%4", "%zz%4"), ("%+1", "%+1"), ("%41%", "A%"), ("%ff", "\u{fffd}")])
  func `reads what is malformed as it stands`(encoded: String, text: String) {
    #expect(String(percentDecoding: encoded.utf8) == text)
  }
}
