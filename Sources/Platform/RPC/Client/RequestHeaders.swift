import NIOHPACK

/// The header fields that all requests of a client share.
struct RequestHeaders: Sendable {
  let scheme: String
  let authority: String

  static let userAgent = "grpc-swift-ticketing/1.0"

  /// What does not change between calls of one method; callers keep it.
  func fixed(path: String) -> HPACKHeaders {
    [
      HeaderName.method: "POST",
      HeaderName.scheme: scheme,
      HeaderName.path: path,
      HeaderName.authority: authority,
      HeaderName.contentType: RequestHead.contentType,
      HeaderName.te: "trailers",
      HeaderName.userAgent: Self.userAgent,
    ]
  }

  /// Appends the timeout. Whole seconds are worth a place in the peer's table, the remains of a deadline are not.
  static func append(timeout: Duration, to headers: inout HPACKHeaders) {
    let value = timeout == .seconds(10) ? "10S" : GRPCTimeout.encode(timeout)
    let isRound = value.utf8.last == UInt8(ascii: "S")
    headers.add(name: HeaderName.timeout, value: value, indexing: isRound ? .indexable : .nonIndexable)
  }

  /// Throws INTERNAL for metadata that HTTP/2 cannot carry, as grpc-go answers, and RESOURCE_EXHAUSTED for more than
  /// a peer takes: sent, it would cost the whole connection.
  static func check(_ metadata: Metadata) throws(RPCError) {
    var size = 0
    for field in metadata.fields {
      guard HeaderFields.isMetadataName(field.name), HeaderFields.isMetadataValue(field.value) else {
        throw RPCError(.internal, "Metadata \(PercentEncoding.encode(field.name, limit: 128)) cannot be sent.")
      }
      size += HeaderFields.size(field.name, field.value)
    }
    if size > HeaderFields.maximumMetadataSize {
      throw RPCError(.resourceExhausted, "The metadata is longer than \(HeaderFields.maximumMetadataSize) bytes.")
    }
  }
}
