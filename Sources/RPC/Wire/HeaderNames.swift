/// Names of the header fields that gRPC and this runtime give a meaning to.
enum HeaderName {
  static let method = ":method"
  static let scheme = ":scheme"
  static let path = ":path"
  static let authority = ":authority"
  static let status = ":status"
  static let contentType = "content-type"
  static let te = "te"
  static let userAgent = "user-agent"
  static let timeout = "grpc-timeout"
  static let encoding = "grpc-encoding"
  static let acceptEncoding = "grpc-accept-encoding"
  static let grpcStatus = "grpc-status"
  static let grpcMessage = "grpc-message"
  static let errorReason = "error-reason"
  static let errorField = "error-field"
  static let retryAfter = "retry-after-seconds"
}
