import NIOCore

/// Where a server listens.
package enum ServerAddress: Sendable, Hashable {
  /// Port 0 takes a free one.
  case tcp(host: String, port: Int)
  /// A socket file that is there already is replaced.
  case unix(path: String)
}
