/// How a client connects and what it allows.
package struct ClientConfiguration: Sendable {
  /// At least this many connections, and at least one on each event loop of the group, so that a caller on a loop
  /// finds one that needs no change of thread.
  package var connections = 4
  /// Longest response message, without its prefix; RESOURCE_EXHAUSTED beyond.
  package var maxMessageBytes = 1024 * 1024
  /// From the first packet to the peer's SETTINGS, name resolution and TLS included.
  package var connectTimeout: Duration = .seconds(5)
  /// How long after the client was made its calls wait for the first connection although attempts fail: processes
  /// that start together find each other. After that, and once there was a connection, they fail fast.
  package var startupGrace: Duration = .seconds(10)
  package var backoff = ReconnectBackoff.Configuration()
  /// Silence on a connection with open calls after which a PING is sent.
  package var keepaliveInterval: Duration = .seconds(30)
  /// How long the answer to a PING may take; the connection is closed then.
  package var keepaliveTimeout: Duration = .seconds(10)
  /// Calls of a connection that wait because the peer allows no more streams; UNAVAILABLE beyond.
  package var maxQueuedCalls = 1000
  /// Calls that wait for the first connection; UNAVAILABLE beyond.
  package var maxWaitingCalls = 1000
  /// How long calls in flight have to finish on shutdown.
  package var drainTimeout: Duration = .seconds(5)
  /// The `:authority` and the name that TLS checks; by default the target's host.
  package var serverName: String?

  package init() {}
}
