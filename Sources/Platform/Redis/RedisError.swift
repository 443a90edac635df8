/// What went wrong between a caller and Redis, and whether the command may have run all the same.
package struct RedisError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Kind: Sendable, Hashable {
    /// No connection, and none within the time that a caller waits for the first.
    case notConnected
    /// Redis wants a password, or refuses the one that it was given.
    case authentication
    /// More commands or bytes are waiting than the configuration allows.
    case queueFull
    /// No reply within the command's deadline.
    case timedOut
    /// The connection closed before the reply.
    case connectionLost
    /// Redis answered with an error; `code` is its first word.
    case server
    /// The peer does not speak Redis' protocol, or beyond our limits. The connection is closed.
    case protocolViolation
    /// A valid reply of a type that the command does not give.
    case unexpectedReply
    /// The request cannot be sent as it is: nothing reached Redis.
    case invalidRequest
    /// The text is no Redis URL.
    case invalidURL
  }

  package let kind: Kind
  package let message: String
  /// `WRONGTYPE`, `NOGROUP`, … of a server's error.
  package let code: String?
  /// false: surely not run, so it can be sent again. true: the outcome is unknown, or known to be an error of Redis.
  package let mayHaveRun: Bool

  init(_ kind: Kind, _ message: String, code: String? = nil, mayHaveRun: Bool) {
    self.kind = kind
    self.message = message
    self.code = code
    self.mayHaveRun = mayHaveRun
  }

  package var description: String { "Redis: \(message)" }
}

extension RedisError {
  static func notConnected(_ why: String) -> RedisError { .init(.notConnected, why, mayHaveRun: false) }
  static func authentication(_ why: String) -> RedisError { .init(.authentication, why, mayHaveRun: false) }
  static func queueFull(_ why: String) -> RedisError { .init(.queueFull, why, mayHaveRun: false) }
  static func invalidURL(_ why: String) -> RedisError { .init(.invalidURL, why, mayHaveRun: false) }
  static func invalidRequest(_ why: String) -> RedisError { .init(.invalidRequest, why, mayHaveRun: false) }
  static func protocolViolation(_ why: String) -> RedisError {
    .init(.protocolViolation, "protocol error: \(why)", mayHaveRun: true)
  }
  static func unexpectedReply(_ why: String) -> RedisError { .init(.unexpectedReply, why, mayHaveRun: true) }

  /// An error reply, `CODE message`.
  static func server(_ text: String) -> RedisError {
    let code = text.prefix { $0 != " " }
    return .init(.server, text, code: String(code), mayHaveRun: !neverRun.contains(String(code)))
  }

  /// Replies that Redis gives before it runs a command, or before a script's first write.
  private static let neverRun: Set = [
    "LOADING", "NOAUTH", "NOSCRIPT", "OOM", "MISCONF", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "MOVED", "ASK",
    "TRYAGAIN", "BUSY",
  ]

  /// The same error for a command whose bytes have not left the process.
  func beforeSending() -> RedisError { .init(kind, message, code: code, mayHaveRun: false) }
}
