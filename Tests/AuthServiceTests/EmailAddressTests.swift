import Testing

@testable import AuthService

@Suite struct EmailAddressTests {
  @Test(arguments: [
    ("user@example.com", "user@example.com"), ("  User@Example.COM ", "user@example.com"),
    ("a+b.c@mail.example.org", "a+b.c@mail.example.org"), ("jürgen@bücher.example", "jürgen@bücher.example"),
  ])
  func `an address is trimmed and lower-cased`(text: String, value: String) {
    #expect(EmailAddress(text)?.value == value)
  }

  @Test(arguments: [
    "", " ", "user", "@example.com", "user@", "user@example", "user@@example.com", "a b@example.com",
    "user@.example.com", "user@example..com", "user@example.com.", "user@-example.com", "user@exa\r\nmple.com",
    "user\u{0}@example.com", "<user@example.com>", String(repeating: "a", count: 250) + "@example.com",
  ])
  func `a text that is no address is refused`(text: String) {
    #expect(EmailAddress(text) == nil)
  }
}
