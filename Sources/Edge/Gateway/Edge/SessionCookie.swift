import HTTPTypes
import Identifiers
import SessionToken

/// The cookie that carries the session token, which is the token itself, unchanged.
package struct SessionCookie: Sendable {
  static let name = "session"

  /// Browsers send it over TLS only.
  package let isSecure: Bool

  package init(isSecure: Bool) {
    self.isSecure = isSecure
  }

  /// Sets the cookie. `maxAge` is in seconds; with 0 or less the browser forgets it at once.
  package func field(token: String, maxAge: Int64) -> HTTPField {
    let secure = isSecure ? "; Secure" : ""
    return HTTPField(
      name: .setCookie,
      value: "\(Self.name)=\(token); Path=/; Max-Age=\(max(0, maxAge)); HttpOnly; SameSite=Lax\(secure)")
  }

  /// Makes the browser forget the cookie.
  package var clearing: HTTPField { field(token: "", maxAge: 0) }

  /// The token that a request brings: from `Authorization: Bearer`, else the first cookie of the name.
  /// nil also for a text that no token has: it is not passed on.
  package static func token(in fields: HTTPFields) -> String? {
    let token =
      fields[.authorization].flatMap(bearerToken) ?? fields[values: .cookie].lazy.compactMap { cookie(in: $0) }.first
    guard let token, isPlausible(token) else { return nil }
    return token
  }

  /// Looks through `a=1; session=…; b="2"` without taking it apart.
  private static func cookie(in header: String) -> String? {
    var header = header
    return header.withUTF8 { utf8 in
      var rest = utf8[...]
      while !rest.isEmpty {
        let end = rest.firstIndex(of: UInt8(ascii: ";")) ?? rest.endIndex
        let pair = trimmed(rest[..<end])
        if pair.starts(with: prefix) { return String(decoding: value(of: pair), as: UTF8.self) }
        rest = rest[min(end + 1, rest.endIndex)...]
      }
      return nil
    }
  }

  private static func trimmed(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Slice<UnsafeBufferPointer<UInt8>> {
    var text = text
    while let first = text.first, first == 0x20 || first == 0x09 { text.removeFirst() }
    while let last = text.last, last == 0x20 || last == 0x09 { text.removeLast() }
    return text
  }

  /// What follows the name, without the quotes that RFC 6265, 4.1.1 allows around it.
  private static func value(of pair: Slice<UnsafeBufferPointer<UInt8>>) -> Slice<UnsafeBufferPointer<UInt8>> {
    let value = pair.dropFirst(prefix.count)
    let quote = UInt8(ascii: "\"")
    return value.count >= 2 && value.first == quote && value.last == quote ? value.dropFirst().dropLast() : value
  }

  /// Base 64 for URLs, and the dots between the parts (RFC 7515, 3.1). Nothing else goes into a header of ours.
  private static func isPlausible(_ token: String) -> Bool {
    !token.isEmpty && token.utf8.count <= SessionKeys.maximumTokenBytes
      && token.utf8.allSatisfy { $0.isLetter || $0.isDigit || "-_.".utf8.contains($0) }
  }

  private static let prefix = Array("\(name)=".utf8)
}
