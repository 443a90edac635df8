extension RedisClient {
  package struct Configuration: Sendable {
    /// Multiplexed connections; nil: one per event loop, 4 at least and 32 at most. With `appendfsync always` the
    /// server syncs once for all that it reads in one turn, so several connections cost a request less than one.
    package var connectionCount: Int?
    /// How long a command may take where its caller does not say.
    package var commandTimeout: Duration = .seconds(5)
    /// TCP, TLS and handshake of one attempt.
    package var connectTimeout: Duration = .seconds(2)
    /// How long a command waits for the very first connection. Later, while down, commands fail at once.
    package var startWait: Duration = .seconds(2)
    /// Commands without a reply on one connection; one more fails with `queueFull`.
    package var maximumPendingCommands = 8192
    /// Bytes that one connection holds for a server that does not read; a command above it fails with `queueFull`.
    package var maximumUnsentBytes = 8 * 1024 * 1024
    /// A connection on which a command has timed out and nothing has arrived for so long is given up.
    package var silenceLimit: Duration = .seconds(15)
    /// The waits between attempts to connect double from one to the other.
    package var firstBackoff: Duration = .milliseconds(50)
    package var longestBackoff: Duration = .seconds(2)
    /// How long a stop waits for replies that are still out.
    package var drainTimeout: Duration = .seconds(5)
    /// What `CLIENT LIST` shows; no spaces.
    package var clientName = "ticketing"
    package var replyLimits = ReplyLimits()
    package var tls = RedisTLS()

    package init() {}
  }
}
