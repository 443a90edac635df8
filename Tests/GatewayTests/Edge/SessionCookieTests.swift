import HTTPTypes
import Testing

@testable import Gateway

@Suite struct `The session cookie` {
  @Test(
    arguments: [
      ("session=abc.def-_", "abc.def-_"), ("a=1; session=t; b=2", "t"), ("a=1;session=t", "t"), ("session=\"t\"", "t"),
      ("session=first; session=second", "first"), ("  session=t  ", "t"), ("xsession=evil; session=t", "t"),
      ("session=", nil), ("session", nil), ("", nil), ("Session=t", nil), ("a=session=t", nil), ("session=a b", nil),
      ("session=a\u{e9}", nil), ("session=a,b", nil), ("session=%41", nil), ("session=\"", nil), ("session=a\tb", nil),
      (";;;;session=t;;;", "t"),
    ] as [(String, String?)])
  func `is found among others, if it could be a token`(header: String, expected: String?) {
    #expect(SessionCookie.token(in: [.cookie: header]) == expected)
  }

  @Test func `is found in the first of several fields that has it`() {
    var fields = HTTPFields()
    for value in ["a=1", "session=one", "session=two"] { fields.append(HTTPField(name: .cookie, value: value)) }
    #expect(SessionCookie.token(in: fields) == "one")
  }

  @Test func `is found after thousands of others`() {
    let others = (0..<5_000).map { "cookie\($0)=\($0)" }.joined(separator: "; ")
    #expect(SessionCookie.token(in: [.cookie: "\(others); session=t"]) == "t")
  }

  @Test func `is ignored where it is longer than any token`() {
    #expect(SessionCookie.token(in: [.cookie: "session=" + String(repeating: "a", count: 4096)]) != nil)
    #expect(SessionCookie.token(in: [.cookie: "session=" + String(repeating: "a", count: 4097)]) == nil)
    #expect(SessionCookie.token(in: [.cookie: "session=" + String(repeating: "a", count: 100_000)]) == nil)
  }

  @Test(
    arguments: [
      ("Bearer abc", "abc"), ("bearer abc", "abc"), ("BEARER  abc", "abc"), ("Bearer", "cookie"), ("Bearer ", "cookie"),
      ("Basic abc", "cookie"), ("Bearer a b", nil), ("", "cookie"),
    ] as [(String, String?)])
  func `gives way to a bearer token`(authorization: String, expected: String?) {
    #expect(SessionCookie.token(in: [.authorization: authorization, .cookie: "session=cookie"]) == expected)
  }

  @Test func `is hidden from scripts and from other sites`() {
    let field = SessionCookie(isSecure: false).field(token: "t", maxAge: 60)
    #expect(field.value == "session=t; Path=/; Max-Age=60; HttpOnly; SameSite=Lax")
    #expect(SessionCookie(isSecure: true).field(token: "t", maxAge: 60).value == "\(field.value); Secure")
    #expect(SessionCookie(isSecure: false).field(token: "t", maxAge: -5).value.contains("Max-Age=0;"))
  }
}
