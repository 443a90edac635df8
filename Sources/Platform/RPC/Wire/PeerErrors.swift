import HTTP2

/// What errors of HTTP and HTTP/2 mean as gRPC statuses.
enum PeerErrors {
  /// An answer of something that is not gRPC (http-grpc-status-mapping.md).
  static func code(forHTTPStatus status: String) -> StatusCode {
    switch status {
    case "400": .internal
    case "401": .unauthenticated
    case "403": .permissionDenied
    case "404": .unimplemented
    case "429", "502", "503", "504": .unavailable
    default: .unknown
    }
  }

  /// RST_STREAM before the trailers (PROTOCOL-HTTP2.md, "Errors").
  static func code(forReset reset: HTTP2ErrorCode) -> StatusCode {
    switch reset.rawValue {
    case 0x7: .unavailable  // REFUSED_STREAM
    case 0x8: .cancelled  // CANCEL
    case 0xb: .resourceExhausted  // ENHANCE_YOUR_CALM
    case 0xc: .permissionDenied  // INADEQUATE_SECURITY
    default: .internal
    }
  }
}
