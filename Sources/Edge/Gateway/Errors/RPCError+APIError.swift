import HTTPTypes
import Identifiers
import RPC

extension APIError {
  /// The one place where RPC statuses become HTTP ones. nil: a fault of ours, nothing of it is told.
  package init?(_ error: RPCError) {
    guard let status = Self.status(of: error) else { return nil }
    self.init(status, Self.items(of: error), headers: Self.headers(of: error, status))
  }

  /// 401 also for what is not the caller's, and 400 for a refused sign-in: so the API was before it was this one.
  private static func status(of error: RPCError) -> HTTPResponse.Status? {
    switch error.code {
    case .invalidArgument, .alreadyExists: .badRequest
    case .unauthenticated: error.reason == "INVALID_CREDENTIALS" ? .badRequest : .unauthorized
    // That this gateway is not let in is not its caller's fault.
    case .permissionDenied: error.reason == "PEER_NOT_ALLOWED" ? nil : .unauthorized
    case .notFound: .notFound
    case .failedPrecondition: statusesOfRefusals[error.reason ?? ""] ?? .badRequest
    // Without that reason it is a limit of ours that was reached, not one of the client's.
    case .resourceExhausted: error.reason == "RATE_LIMITED" ? .tooManyRequests : .serviceUnavailable
    case .aborted: .conflict
    case .unavailable: .serviceUnavailable
    case .deadlineExceeded: .gatewayTimeout
    // What this installation is not set up for is not there.
    case .unimplemented: error.reason == "NO_WEBHOOK" ? .notFound : nil
    case .ok, .cancelled, .unknown, .outOfRange, .internal, .dataLoss: nil
    }
  }

  /// Those that are not plainly a bad request.
  private static let statusesOfRefusals: [String: HTTPResponse.Status] = [
    "IDEMPOTENCY_KEY_REUSED": .unprocessableContent, "PRICE_CHANGED": .conflict,
    "VERSION_OUTDATED": .preconditionFailed,
  ]

  private static func items(of error: RPCError) -> [Item] {
    guard error.violations.isEmpty else {
      return error.violations.map { Item(message: $0.message, field: $0.field, code: error.reason) }
    }
    // A reason is given on purpose, and so is the message beside it. Without one, or with one of the transport's own, a
    // failed call speaks of sockets and addresses.
    let isOfTransport = error.reason.map(transportReasons.contains) ?? true
    switch error.code {
    case .unavailable where isOfTransport, .resourceExhausted where isOfTransport:
      return [Item(message: "The service is not available at the moment, try again later", code: "UNAVAILABLE")]
    case .deadlineExceeded:
      return [Item(message: "The service took too long to answer", code: error.reason ?? "DEADLINE_EXCEEDED")]
    default:
      return [
        Item(
          message: error.message, code: error.reason, priceCents: error.details["price_cents"],
          version: error.details["version"])
      ]
    }
  }

  /// Of our RPC client.
  private static let transportReasons: Set = ["NOT_CONNECTED", "TOO_MANY_CALLS"]

  private static func headers(of error: RPCError, _ status: HTTPResponse.Status) -> [HTTPField] {
    switch status {
    case .unauthorized: [.bearerChallenge]
    case .tooManyRequests, .serviceUnavailable:
      [HTTPField(name: .retryAfter, value: String(max(1, error.retryAfter?.secondsRoundedUp ?? 1)))]
    default: []
    }
  }
}
