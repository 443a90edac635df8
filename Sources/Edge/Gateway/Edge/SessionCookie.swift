import HTTPTypes
import Identifiers
import SessionToken
import TicketingProto

/// The cookie that carries the session token, which is the token itself, unchanged.
package struct SessionCookie: Sendable {
  static let name = "session"

  /// Browsers send it over TLS only.
  package let isSecure: Bool

  package init(isSecure: Bool) {
    self.isSecure = isSecure
  }

  /// Sets the cookie for as long as the session holds.
  package func field(_ session: AuthV1.Session) -> HTTPField {
    let (maxAge, overflows) = session.expiryTime.subtractingReportingOverflow(session.issuedTime)
    return field(token: session.token, maxAge: overflows ? 0 : maxAge)
  }

  /// `maxAge` is in seconds; with 0 or less the browser forgets it at once.
  func field(token: String, maxAge: Int64) -> HTTPField {
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
      fields[.authorization].flatMap(bearerToken) ?? fields.cookies(named: name).first.map { String($0) }
    guard let token, isPlausible(token) else { return nil }
    return token
  }

  /// Base 64 for URLs, and the dots between the parts (RFC 7515, 3.1). Nothing else goes into a header of ours.
  private static func isPlausible(_ token: String) -> Bool {
    !token.isEmpty && token.utf8.count <= SessionKeys.maximumTokenBytes
      && token.utf8.allSatisfy { $0.isLetter || $0.isDigit || "-_.".utf8.contains($0) }
  }
}

extension HTTPFields {
  /// The values of all cookies of that name, without the quotes that RFC 6265, 4.1.1 allows around them.
  package func cookies(named name: String) -> [Substring] {
    self[values: .cookie].flatMap { $0.split(separator: ";") }.compactMap { pair in
      let pair = pair.trimmed
      guard pair.hasPrefix("\(name)=") else { return nil }
      let value = pair.dropFirst(name.count + 1)
      return value.count >= 2 && value.first == "\"" && value.last == "\"" ? value.dropFirst().dropLast() : value
    }
  }
}
