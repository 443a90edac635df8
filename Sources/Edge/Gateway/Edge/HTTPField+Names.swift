import HTTPTypes

extension HTTPField.Name {
  static let xRequestID = token("X-Request-Id")
  static let xForwardedFor = token("X-Forwarded-For")
  static let traceParent = token("traceparent")
  static let link = token("Link")
  static let idempotencyKey = token("Idempotency-Key")
  static let lastEventID = token("Last-Event-ID")
  static let stripeSignature = token("Stripe-Signature")
  /// Tells nginx to pass an answer on as it comes.
  static let xAccelBuffering = token("X-Accel-Buffering")

  /// Only for the literals above.
  private static func token(_ name: String) -> Self {
    guard let name = Self(name) else { preconditionFailure("\(name) is no header field name") }
    return name
  }
}
