/// A call that failed: canonical code, a message for people, a reason in UPPER_SNAKE for programs.
///
/// On the wire these are `grpc-status`, `grpc-message` (percent-encoded) and the trailers `error-reason`,
/// `error-field` (one per violation: "<field> <percent-encoded message>"), `error-detail` (one per detail:
/// "<name> <number>") and `retry-after-seconds`.
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
  /// What a program needs to go on, by names of its reason: such as the version that there is now.
  package var details: [String: Int64]
  /// Whole seconds on the wire, rounded up.
  package var retryAfter: Duration?
  /// What led to this error; for logs, never leaves the process.
  package var cause: (any Error)?

  package init(
    _ code: StatusCode,
    _ message: String,
    reason: String? = nil,
    violations: [Violation] = [],
    details: [String: Int64] = [:],
    retryAfter: Duration? = nil,
    cause: (any Error)? = nil
  ) {
    self.code = code
    self.message = message
    self.reason = reason
    self.violations = violations
    self.details = details
    self.retryAfter = retryAfter
    self.cause = cause
  }

  /// Fields of the request break the rules for them.
  package static func invalidFields(_ violations: [Violation]) -> RPCError {
    RPCError(.invalidArgument, "Invalid request", reason: invalidFields, violations: violations)
  }

  /// The reason of ``invalidFields(_:)``.
  package static let invalidFields = "INVALID_FIELDS"

  package var description: String {
    let reason = reason.map { " [\($0)]" } ?? ""
    return "\(code.name)\(reason): \(message)"
  }
}
