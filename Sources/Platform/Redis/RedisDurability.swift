/// Whether a server keeps what it has acknowledged: `appendonly yes`, `appendfsync always`,
/// `no-appendfsync-on-rewrite no`, `maxmemory-policy noeviction`. With `everysec`, a power cut took up to 17,000
/// acknowledged writes, and a kill during slow syncs 90,000.
package enum RedisDurability: Sendable, Hashable {
  case durable
  /// A sentence per setting that is not as it must be.
  case lacking([String])
  /// The server does not say, as where `CONFIG` is forbidden.
  case unknown(String)
}

extension RedisDurability {
  fileprivate static let wanted = [
    ("appendonly", "yes"), ("appendfsync", "always"), ("no-appendfsync-on-rewrite", "no"),
    ("maxmemory-policy", "noeviction"),
  ]

  init(settings: [String: String]) {
    let missing = Self.wanted.map(\.0).filter { settings[$0] == nil }
    let wrong = Self.wanted.compactMap { name, value -> String? in
      guard let found = settings[name], found != value else { return nil }
      return "\(name) is \(found), not \(value)"
    }
    if !wrong.isEmpty {
      self = .lacking(wrong)
    } else if !missing.isEmpty {
      self = .unknown("the server does not say what \(missing.joined(separator: ", ")) is")
    } else {
      self = .durable
    }
  }
}

extension RedisDurability: CustomStringConvertible {
  package var description: String {
    switch self {
    case .durable: "durable"
    case .lacking(let reasons): reasons.joined(separator: "; ")
    case .unknown(let why): why
    }
  }
}

extension RedisSender {
  /// Throws where the server cannot be asked at all; a refusal to answer is `unknown`.
  package func durability() async throws -> RedisDurability {
    do {
      var settings: [String: String] = [:]
      // One by one: before Redis 7, CONFIG GET took a single name.
      for (name, _) in RedisDurability.wanted { settings.merge(try await configGet(name)) { $1 } }
      return RedisDurability(settings: settings)
    } catch let error as RedisError where error.kind == .server {
      return .unknown(error.message)
    }
  }
}
