import Foundation
import SessionToken
import Testing

@Suite struct SessionKeysTests {
  private let key = "0123456789abcdef0123456789abcdef"
  private let otherKey = "fedcba9876543210fedcba9876543210"
  private let claims = SessionClaims(id: "u1", email: "a@example.com", iat: 1000, exp: 2000)

  @Test func `a signed token is verified`() async throws {
    let keys = try await SessionKeys(current: key)
    let token = try await keys.sign(claims)
    #expect(await keys.verify(token, at: 1999) == claims)
  }

  @Test func `a token is refused from its expiry on`() async throws {
    let keys = try await SessionKeys(current: key)
    let token = try await keys.sign(claims)
    #expect(await keys.verify(token, at: 2000) == nil)
  }

  @Test func `a token of the previous key is accepted, of a foreign key not`() async throws {
    let token = try await SessionKeys(current: otherKey).sign(claims)
    #expect(await (try SessionKeys(current: key, previous: otherKey)).verify(token, at: 1500) == claims)
    #expect(await (try SessionKeys(current: key)).verify(token, at: 1500) == nil)
  }

  @Test func `a short key is refused`() async {
    await #expect(throws: KeyTooShort.self) { try await SessionKeys(current: String(repeating: "k", count: 31)) }
  }

  @Test func `no change of a single character goes unnoticed`() async throws {
    let keys = try await SessionKeys(current: key)
    let token = try await keys.sign(claims)
    // The last character of a base64url text has bits that decoders drop: a change there can be none.
    for index in token.indices.dropLast() where token[index] != "." {
      var forged = token
      forged.replaceSubrange(index...index, with: token[index] == "A" ? "B" : "A")
      let verified = await keys.verify(forged, at: 1500)
      #expect(verified == nil || verified == claims && isLastOfPart(index, in: token), "\(forged)")
    }
  }

  @Test(arguments: [
    "", ".", "..", "...", "a.b.c", "not a token", String(repeating: "A", count: 1_000_000),
    String(repeating: ".", count: 4000), "\u{0}.\u{0}.\u{0}", "eyJhbGciOiJIUzI1NiJ9..",
  ])
  func `garbage is no token`(text: String) async throws {
    #expect(await (try SessionKeys(current: key)).verify(text, at: 0) == nil)
  }

  @Test(arguments: ["none", "None", "HS512", "RS256", "ES256", ""])
  func `a header that asks for another algorithm is refused`(algorithm: String) async throws {
    let keys = try await SessionKeys(current: key)
    let token = try await keys.sign(claims).split(separator: ".")
    let header = Data(#"{"alg":"\#(algorithm)","typ":"JWT"}"#.utf8).base64URL
    #expect(await keys.verify("\(header).\(token[1]).", at: 1500) == nil)
    #expect(await keys.verify("\(header).\(token[1]).\(token[2])", at: 1500) == nil)
  }

  private func isLastOfPart(_ index: String.Index, in token: String) -> Bool {
    token[token.index(after: index)] == "."
  }
}

extension Data {
  fileprivate var base64URL: String {
    base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }
}
