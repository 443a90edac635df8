/// What a server allows its peers. Every default is safe against a hostile one.
package struct ServerLimits: Sendable {
  /// Longest request, without its prefix; RESOURCE_EXHAUSTED beyond.
  package var maxMessageBytes = 1024 * 1024
  /// SETTINGS_MAX_CONCURRENT_STREAMS of each connection.
  package var maxConcurrentCalls = 100
  /// Further connections are closed at once.
  package var maxConnections = 1024
  /// From accepting a connection to its first SETTINGS, TLS included.
  package var handshakeTimeout: Duration = .seconds(5)
  /// For unary calls that name no `grpc-timeout`, and for receiving any request. nil sets none.
  package var defaultTimeout: Duration? = .seconds(60)
  /// A connection without calls is closed gracefully after this; nil never.
  package var idleTimeout: Duration? = .seconds(600)
  /// A connection is closed gracefully when it is this old, plus up to a tenth; nil never.
  package var maxAge: Duration?
  /// Silence after which a PING is sent.
  package var keepaliveInterval: Duration = .seconds(60)
  /// How long the answer to a PING may take; the connection is closed then.
  package var keepaliveTimeout: Duration = .seconds(20)
  /// How long calls in flight have to finish on shutdown; they are cancelled then.
  package var drainTimeout: Duration = .seconds(8)
  /// For requests longer than the initial window of their stream (64 KiB), in each connection.
  package var inboundBudgetBytes = 4 * 1024 * 1024
  /// Responses that a connection's peer does not read; RESOURCE_EXHAUSTED beyond.
  package var maxQueuedOutputBytes = 16 * 1024 * 1024
  /// A streaming handler waits while this much of its stream is not sent.
  package var streamOutputBytes = 64 * 1024

  package init() {}
}
