/// Where processes of a service listen: targets, comma-separated. Each host name may stand for several addresses.
struct TargetList: Sendable, Hashable, CustomStringConvertible {
  /// At least one.
  let targets: [RPCTarget]

  /// Throws ``RPCTarget/Malformed`` for the first part that is no target.
  init(_ text: String) throws(RPCTarget.Malformed) {
    var targets: [RPCTarget] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      targets.append(try RPCTarget(part.filter { $0 != " " }))
    }
    self.targets = targets
  }

  var description: String { targets.map(\.description).joined(separator: ",") }
}

/// Where a client connects to: `host:port`, `[ipv6]:port` or `unix:/path`.
package enum RPCTarget: Sendable, Hashable, CustomStringConvertible {
  case host(String, port: Int)
  case unix(path: String)

  /// Why a text is no target.
  package struct Malformed: Error, Sendable, CustomStringConvertible {
    package let description: String
  }

  /// Throws ``Malformed`` with a sentence that quotes `text`.
  package init(_ text: String) throws(Malformed) {
    if text.hasPrefix("unix:") {
      let path = String(text.dropFirst("unix:".count))
      // The size of sun_path on Linux, with its terminating NUL.
      guard !path.isEmpty, path.utf8.count < 108 else {
        throw Malformed(description: "\(text) is no path of a unix socket")
      }
      self = .unix(path: path)
      return
    }
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (1...65_535).contains(port)
    else {
      throw Malformed(description: "\(text) is not host:port or unix:/path")
    }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty, host.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      throw Malformed(description: "\(text) names no host")
    }
    self = .host(String(host), port: port)
  }

  package var description: String {
    switch self {
    case .host(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }
}
