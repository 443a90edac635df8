import Cryptography
import Gateway
import HTTPTypes
import Hummingbird
import Identifiers

/// The secret that a form posts besides the cookie that holds it too (OWASP: double submit). Another site can make a
/// browser send the cookie, but cannot read it into a form. It comes on top of `SameSite` and the check of `Origin`.
struct CSRFToken: Sendable {
  let token: String
  /// The browser has to be told.
  let isNew: Bool

  /// Takes as long for every wrong token.
  func matches(_ other: String) -> Bool { !isNew && Array(token.utf8).equalsInConstantTime(Array(other.utf8)) }

  static let mismatch = APIError(
    .forbidden, "The form is no longer valid, open the page again", code: "FORM_TOKEN_MISMATCH")
}

/// The cookie that holds it until the browser is closed.
struct CSRFCookie: Sendable {
  /// Over TLS the name has the prefix by which browsers keep other hosts, and plain HTTP, from setting it.
  let isSecure: Bool
  private static let length = 32

  private var name: String { isSecure ? "__Host-csrf" : "csrf" }

  func token(of request: Request) -> CSRFToken {
    let known = request.headers.cookies(named: name).first { value in
      value.utf8.count == Self.length && value.utf8.allSatisfy { $0.hexValue != nil }
    }
    if let known { return CSRFToken(token: String(known), isNew: false) }
    return CSRFToken(token: Self.random(), isNew: true)
  }

  func field(_ token: CSRFToken) -> HTTPField {
    let secure = isSecure ? "; Secure" : ""
    return HTTPField(name: .setCookie, value: "\(name)=\(token.token); Path=/; HttpOnly; SameSite=Lax\(secure)")
  }

  /// 128 bits in hexadecimal digits.
  static func random() -> String { [UInt8].random(count: length / 2).hex }
}
