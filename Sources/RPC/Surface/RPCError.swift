/// A call that failed: canonical code, a message for people, a reason in UPPER_SNAKE for programs.
///
/// On the wire these are `grpc-status`, `grpc-message` (percent-encoded) and the trailers `error-reason`,
/// `error-field` (one per violation: "<field> <percent-encoded message>") and `retry-after-seconds`.
package struct RPCError: Error, Sendable, CustomStringConvertible {
  /// One field of the request that was refused, and why.
  package struct Violation: Sendable, Hashable {
    package let field: String
    package let message: String

    package init(field: String, message: String) {
      self.field = field
      self.message = message
    }
  }

  package var code: StatusCode
  package var message: String
  package var reason: String?
  package var violations: [Violation]
  /// Whole seconds on the wire, rounded up.
  package var retryAfter: Duration?
  /// What led to this error; for logs, never leaves the process.
  package var cause: (any Error)?

  package init(
    _ code: StatusCode,
    _ message: String,
    reason: String? = nil,
    violations: [Violation] = [],
    retryAfter: Duration? = nil,
    cause: (any Error)? = nil
  ) {
    self.code = code
    self.message = message
    self.reason = reason
    self.violations = violations
    self.retryAfter = retryAfter
    self.cause = cause
  }

  package var description: String {
    let reason = reason.map { " [\($0)]" } ?? ""
    return "\(code.name)\(reason): \(message)"
  }
}
