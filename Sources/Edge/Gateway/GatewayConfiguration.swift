import Logging
import Money

/// How a gateway serves. Every value has a default that suits production behind a proxy, except ``secureCookies``,
/// which a browser on plain HTTP could not work with.
package struct GatewayConfiguration: Sendable {
  /// The address to listen on; `::` for IPv6 and, where the system allows it, IPv4.
  package var host = "0.0.0.0"
  /// 0 lets the system choose.
  package var port = 3000
  /// Marks the session cookie `Secure`: set it wherever browsers come over TLS.
  package var secureCookies = false
  /// Origins whose pages may write, besides the host that a request names: `https://tickets.example`.
  package var allowedOrigins: Set<Origin> = []
  /// Peers whose `X-Forwarded-For` is believed.
  package var trustedProxies: [IPNetwork] = []
  /// How long one call to a service may take.
  package var callTimeout: Duration = .seconds(10)
  /// The level of the one line that each request leaves in the log.
  package var accessLogLevel: Logger.Level = .info
  package var limits = GatewayLimits()
  /// What prices are in; the same as the services say.
  package var currency = Currency.usd

  package init() {}
}

/// What one client, or one connection, may take. Times are of the whole phase: a byte a second does not extend them.
package struct GatewayLimits: Sendable {
  /// A request's body. Our largest honest one has some 2 KiB.
  package var bodyBytes = 64 * 1024
  /// All header fields of a request together, names and values. One more byte is answered with 431.
  package var headerBytes = 16 * 1024
  package var headerFields = 100
  /// From the first byte of a request, or the opening of the connection, to the end of its header.
  package var headTime: Duration = .seconds(10)
  /// From the end of the header to the end of the body.
  package var bodyTime: Duration = .seconds(10)
  /// From the end of the request to the end of its answer; above it are the calls to services.
  package var answerTime: Duration = .seconds(60)
  /// Between two requests on a connection.
  package var idleTime: Duration = .seconds(60)
  /// After the last answer, for the client to read it and close (RFC 9112, 9.6).
  package var lingerTime: Duration = .seconds(2)
  /// Of a body that nobody wants, read meanwhile. A client with more to send may find its connection reset.
  package var lingerBytes = 8 * 1024 * 1024
  /// Open at once; more wait in the backlog until one closes.
  package var connections = 4096
  package var backlog = 512

  package init() {}
}
