import HTTPTypes
import Hummingbird

/// Refuses writes that another site's page makes a browser send with this site's cookie.
///
/// A request without `Origin` passes: no browser sends a cross-site write without it.
struct OriginPolicy: Sendable {
  /// Besides the host that a request names.
  let allowed: Set<Origin>

  func check(_ request: Request) throws(APIError) {
    guard request.method != .get, request.method != .head, let text = request.headers[.origin] else { return }
    guard let origin = Origin(text), isOurs(origin, request) else { throw .foreignOrigin }
  }

  /// Whether an address is on this site, such as one to send a browser back to.
  func isOurs(url: String, _ request: Request) -> Bool {
    guard url.utf8.count <= 2000, url.utf8.allSatisfy({ (0x21...0x7e).contains($0) }),
      let scheme = url.firstRange(of: "://")
    else { return false }
    let authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
    return Origin(url[..<scheme.upperBound] + authority).map { isOurs($0, request) } ?? false
  }

  private func isOurs(_ origin: Origin, _ request: Request) -> Bool {
    if let host = request.head.authority, Origin(scheme: origin.scheme, authority: host) == origin { return true }
    return allowed.contains(origin)
  }
}

/// A serialized origin (RFC 6454, 6.2), or a host as an origin under some scheme.
///
/// The scheme of the request itself is not known behind a proxy that ends TLS, so a request's own host is compared
/// under the scheme that its origin claims.
package struct Origin: Hashable, Sendable {
  let scheme: String
  let host: String
  let port: Int

  /// nil for anything but `http://` or `https://` and a host, with or without a port.
  package init?(_ text: some StringProtocol) {
    let text = text.lowercased()
    for scheme in ["http", "https"] where text.hasPrefix("\(scheme)://") {
      self.init(scheme: scheme, authority: text.dropFirst(scheme.utf8.count + 3))
      return
    }
    return nil
  }

  /// `authority` is `host`, `host:port` or `[address]:port`.
  init?(scheme: String, authority: some StringProtocol) {
    let authority = authority.lowercased()
    let end = authority.lastIndex(of: "]").map { authority.index(after: $0) } ?? authority.startIndex
    let colon = authority[end...].lastIndex(of: ":")
    let host = authority[..<(colon ?? authority.endIndex)]
    guard !host.isEmpty, host.allSatisfy({ $0.isASCII && !"/?#@, *".contains($0) }) else { return nil }
    if let colon {
      guard let port = UInt16(authority[authority.index(after: colon)...]) else { return nil }
      self.port = Int(port)
    } else {
      self.port = scheme == "https" ? 443 : 80
    }
    self.scheme = scheme
    self.host = String(host)
  }
}
