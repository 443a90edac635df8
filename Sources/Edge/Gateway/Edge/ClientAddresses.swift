import HTTPTypes
import Identifiers
import NIOCore

/// Finds the address of the client that a request is from, for the limits on sign-in and sign-up.
///
/// `X-Forwarded-For` can be written by anybody, so it is believed only as far as proxies of ours wrote it: from the
/// right, past each trusted hop, to the first address that is not one.
package struct ClientAddresses: Sendable {
  private let trustedProxies: [IPNetwork]

  package init(trustedProxies: [IPNetwork]) {
    self.trustedProxies = trustedProxies
  }

  /// Empty where the peer has no IP address, as on a Unix domain socket.
  package func address(peer: SocketAddress?, fields: HTTPFields) -> String {
    guard let peer = peer.flatMap({ IPAddress($0) }) else { return "" }
    guard isTrusted(peer) else { return peer.description }
    var nearest = peer
    for field in fields[values: .xForwardedFor].reversed() {
      for hop in field.split(separator: ",").reversed() {
        // A hop that cannot be read ends the chain: who wrote it is the last that we know of.
        guard let address = Self.address(inHop: hop) else { return nearest.description }
        nearest = address
        if !isTrusted(address) { return address.description }
      }
    }
    return nearest.description
  }

  private func isTrusted(_ address: IPAddress) -> Bool {
    trustedProxies.contains { $0.contains(address) }
  }

  /// Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`.
  private static func address(inHop hop: Substring) -> IPAddress? {
    let hop = hop.trimmed
    if hop.first == "[" { return hop.lastIndex(of: "]").flatMap { IPAddress(hop[..<$0].dropFirst()) } }
    if let address = IPAddress(hop) { return address }
    return hop.lastIndex(of: ":").flatMap { IPAddress(hop[..<$0]) }
  }
}
