import Foundation
import SessionToken
import Testing

@Suite struct SessionKeysTests {
  private let key = "0123456789abcdef0123456789abcdef"
  private let otherKey = "fedcba9876543210fedcba9876543210"
  private let claims = SessionClaims(id: "u1", email: "a@example.com", iat: 1000, exp: 2000)

  @Test func `a signed token is verified`() throws {
    let keys = try SessionKeys(current: key)
    let token = try keys.sign(claims)
    #expect(try keys.verify(token, at: 1999) == claims)
  }

  @Test func `a token is refused from its expiry on`() throws {
    let keys = try SessionKeys(current: key)
    let token = try keys.sign(claims)
    #expect((try? keys.verify(token, at: 2000)) == nil)
  }

  @Test func `a user's session has no tolerance at its end`() throws {
    let keys = try SessionKeys(current: key)
    let token = try keys.sign(claims)
    #expect(throws: TokenFault(kind: .expired(59), service: nil)) { try keys.verify(token, at: 2059) }
    // Auth's clock may be ahead.
    #expect(try keys.verify(token, at: 0) == claims)
  }

  @Test(
    arguments: [
      (1000, nil), (1119, nil), (1120, .expired(60)), (9000, .expired(7940)), (881, nil),
      (880, .notYetValid(120)), (Int64.min, .notYetValid(.max)), (Int64.max, .expired(Int64.max - 1060)),
    ] as [(Int64, TokenFault.Kind?)])
  func `the clocks of services may differ by less than two minutes`(_ now: Int64, _ fault: TokenFault.Kind?) throws {
    let keys = try SessionKeys(current: key)
    let claims = SessionClaims(id: "u1", email: nil, service: "payments", iat: 1000, exp: 1060)
    let token = try keys.sign(claims)
    guard let fault else {
      #expect(try keys.verify(token, at: now) == claims)
      return
    }
    #expect(throws: TokenFault(kind: fault, service: "payments")) { try keys.verify(token, at: now) }
  }

  @Test func `it is told why a token is none`() throws {
    let claims = SessionClaims(id: nil, email: nil, service: "payments", iat: 1000, exp: 1060)
    let foreign = try SessionKeys(current: otherKey).sign(claims)
    let keys = try SessionKeys(current: key)
    #expect(throws: TokenFault(kind: .signature, service: "payments")) { try keys.verify(foreign, at: 1000) }
    #expect(throws: TokenFault(kind: .malformed, service: nil)) { try keys.verify("x.y.z", at: 1000) }
    // What cannot be counted with is refused, and does not trap.
    for (iat, exp) in [(Int64.max, Int64.min), (.min, .max), (.min, .min), (.max, .max)] {
      let odd = try keys.sign(SessionClaims(id: nil, email: nil, service: "payments", iat: iat, exp: exp))
      for now in [Int64.min, 0, .max] { _ = try? keys.verify(odd, at: now) }
    }
  }

  @Test func `a token of the previous key is accepted, of a foreign key not`() throws {
    let token = try SessionKeys(current: otherKey).sign(claims)
    #expect(try SessionKeys(current: key, previous: otherKey).verify(token, at: 1500) == claims)
    #expect((try? SessionKeys(current: key).verify(token, at: 1500)) == nil)
  }

  @Test func `a short key is refused`() {
    #expect(throws: KeyTooShort.self) { try SessionKeys(current: String(repeating: "k", count: 31)) }
  }

  @Test func `no change of a single character goes unnoticed`() throws {
    let keys = try SessionKeys(current: key)
    let token = try keys.sign(claims)
    for index in token.indices where token[index] != "." {
      var forged = token
      forged.replaceSubrange(index...index, with: token[index] == "A" ? "B" : "A")
      #expect((try? keys.verify(forged, at: 1500)) == nil, "\(forged)")
    }
  }

  @Test(arguments: [
    "", ".", "..", "...", "a.b.c", "not a token", String(repeating: "A", count: 1_000_000),
    String(repeating: ".", count: 4000), "\u{0}.\u{0}.\u{0}", "eyJhbGciOiJIUzI1NiJ9..",
  ])
  func `garbage is no token`(text: String) throws {
    #expect((try? SessionKeys(current: key).verify(text, at: 0)) == nil)
  }

  @Test(arguments: ["none", "None", "HS512", "RS256", "ES256", ""])
  func `a header that asks for another algorithm is refused`(algorithm: String) throws {
    let keys = try SessionKeys(current: key)
    let token = try keys.sign(claims).split(separator: ".")
    let header = Data(#"{"alg":"\#(algorithm)","typ":"JWT"}"#.utf8).base64URL
    #expect((try? keys.verify("\(header).\(token[1]).", at: 1500)) == nil)
    #expect((try? keys.verify("\(header).\(token[1]).\(token[2])", at: 1500)) == nil)
  }

  /// Made by Python's hmac and base64.
  @Test func `a token that another program made with the key is accepted`() throws {
    let token =
      "eyJ0eXAiOiAiSldUIiwgImFsZyI6ICJIUzI1NiJ9"
      + ".eyJpZCI6ICJ1MSIsICJlbWFpbCI6ICJhQGV4YW1wbGUuY29tIiwgImlhdCI6IDEwMDAsICJleHAiOiAyMDAwLCAiZXh0cmEiOiBbMV19"
      + ".XL1yWMNW3_uTA3RDGMmQDYmWMxvyFLhjEXQRfdu0E-g"
    #expect(try SessionKeys(current: key).verify(token, at: 1500) == claims)
  }

  @Test func `a header that must be understood, and is not, is refused`() throws {
    let token =
      "eyJhbGciOiJIUzI1NiIsImNyaXQiOlsiYjY0Il0sImI2NCI6ZmFsc2V9"
      + ".eyJpZCI6ICJ1MSIsICJlbWFpbCI6ICJhQGV4YW1wbGUuY29tIiwgImlhdCI6IDEwMDAsICJleHAiOiAyMDAwLCAiZXh0cmEiOiBbMV19"
      + ".p7YZZnkNxzgvKupMze_CB-Pnfc-D-U9W-Xu1YJ-bQzE"
    #expect((try? SessionKeys(current: key).verify(token, at: 1500)) == nil)
  }
}

extension Data {
  fileprivate var base64URL: String {
    base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }
}
