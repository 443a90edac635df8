extension RedisError {
  /// The server is away, full, or does not let us in; the same command may well succeed later. Otherwise the command
  /// itself, or what is stored, is at fault, and another try fails as this one did.
  package var isOutage: Bool {
    switch kind {
    case .notConnected, .authentication, .queueFull, .timedOut, .connectionLost, .protocolViolation: true
    case .server: Self.outageCodes.contains(code ?? "")
    case .unexpectedReply, .invalidRequest, .invalidURL: false
    }
  }

  private static let outageCodes: Set = [
    "OOM", "LOADING", "READONLY", "MISCONF", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "MOVED", "ASK", "BUSY", "NOAUTH",
    "NOPERM", "NOREPLICAS", "NOSCRIPT", "UNKILLABLE",
  ]
}
