import Identifiers
import NIOCore

/// An IPv4 or IPv6 address as bytes in network order. An IPv4 address within IPv6 (`::ffff:192.0.2.1`) is the IPv4
/// address, because a dual-stack socket reports its IPv4 peers that way.
struct IPAddress: Hashable, Sendable, CustomStringConvertible {
  /// 4 or 16.
  let bytes: [UInt8]

  private static let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]

  /// nil for anything but an address in text: no name, no port, no zone.
  init?(_ text: some StringProtocol) {
    guard (2...45).contains(text.utf8.count), !text.utf8.contains(UInt8(ascii: "%")),
      let address = try? SocketAddress(ipAddress: String(text), port: 0)
    else { return nil }
    self.init(address)
  }

  /// nil for a Unix domain socket's address.
  init?(_ address: SocketAddress) {
    let bytes: [UInt8]
    switch address {
    case .v4(let address): bytes = withUnsafeBytes(of: address.address.sin_addr) { Array($0) }
    case .v6(let address): bytes = withUnsafeBytes(of: address.address.sin6_addr) { Array($0) }
    case .unixDomainSocket: return nil
    }
    self.bytes = bytes.count == 16 && bytes.starts(with: Self.mappedPrefix) ? Array(bytes[12...]) : bytes
  }

  /// The text form; IPv6 in groups without `::`, lower case and without leading zeros, so that it is unique.
  var description: String {
    if bytes.count == 4 { return bytes.map { String($0) }.joined(separator: ".") }
    return stride(from: 0, to: bytes.count, by: 2)
      .map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }
      .joined(separator: ":")
  }
}

/// A block of addresses, such as `10.0.0.0/8` or `fd00::/8`.
package struct IPNetwork: Hashable, Sendable {
  private let address: IPAddress
  private let prefixLength: Int

  /// Reads CIDR notation (RFC 4632, RFC 4291); an address alone is the block of that address only.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = parts.first.flatMap({ IPAddress($0) }) else { return nil }
    let bits = address.bytes.count * 8
    guard parts.count == 2 else {
      self.init(address: address, prefixLength: bits)
      return
    }
    guard parts[1].utf8.allSatisfy(\.isDigit), let length = Int(parts[1]), length <= bits else { return nil }
    self.init(address: address, prefixLength: length)
  }

  private init(address: IPAddress, prefixLength: Int) {
    self.address = address
    self.prefixLength = prefixLength
  }

  func contains(_ other: IPAddress) -> Bool {
    guard other.bytes.count == address.bytes.count else { return false }
    let whole = prefixLength / 8
    guard other.bytes[..<whole] == address.bytes[..<whole] else { return false }
    guard prefixLength % 8 > 0 else { return true }
    let shift = UInt8(8 - prefixLength % 8)
    return other.bytes[whole] >> shift == address.bytes[whole] >> shift
  }
}
