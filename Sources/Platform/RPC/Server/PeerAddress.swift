import NIOCore
import NIOSSL

/// How a peer is named in contexts and logs.
enum PeerAddress {
  /// `host:port`, or `unix` for a unix socket, whose clients have no address.
  static func describe(_ address: SocketAddress?) -> String {
    guard let address, let host = address.ipAddress, let port = address.port else { return "unix" }
    return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  /// The first DNS or URI name of a certificate.
  static func name(of certificate: NIOSSLCertificate) -> String? {
    for name in certificate._subjectAlternativeNames()
    where name.nameType == .dnsName || name.nameType == .uri {
      return String(decoding: name.contents, as: UTF8.self)
    }
    return nil
  }
}
