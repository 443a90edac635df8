/// Where Redis is and who we are there: `redis://user:password@host:port/db`, `rediss://…` for TLS,
/// `unix:///path/to/socket?db=0`. Every description leaves the password out.
package struct RedisURL: Sendable, Hashable {
  package enum Address: Sendable, Hashable {
    case tcp(host: String, port: Int)
    case unixSocket(path: String)
  }

  package let address: Address
  package let usesTLS: Bool
  package let user: String?
  package let password: String?
  package let database: Int

  package init(
    address: Address, usesTLS: Bool = false, user: String? = nil, password: String? = nil, database: Int = 0
  ) {
    self.address = address
    self.usesTLS = usesTLS
    self.user = user
    self.password = password
    self.database = database
  }
}

extension RedisURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String {
    let credentials = password == nil ? "" : "\(user ?? ""):***@"
    switch address {
    case .unixSocket(let path):
      return "unix://\(credentials)\(path)" + (database == 0 ? "" : "?db=\(database)")
    case .tcp(let host, let port):
      let host = host.contains(":") ? "[\(host)]" : host
      return "\(usesTLS ? "rediss" : "redis")://\(credentials)\(host):\(port)" + (database == 0 ? "" : "/\(database)")
    }
  }

  package var debugDescription: String { description }

  /// `dump` and test reports print mirrors.
  package var customMirror: Mirror { Mirror(self, children: ["url": description]) }
}
