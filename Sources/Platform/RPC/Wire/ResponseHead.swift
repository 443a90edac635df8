import NIOHPACK

/// What the first HEADERS of an answer say.
enum ResponseHead {
  /// False for an informational answer (1xx), which another one follows. Throws where the answer is not gRPC, unless
  /// it brings a gRPC status all the same.
  static func check(_ headers: HPACKHeaders, isTrailersOnly: Bool) throws(RPCError) -> Bool {
    var status = ""
    var contentType: String?
    var hasStatus = false
    for (name, value, _) in headers {
      switch name {
      case HeaderName.status: status = value
      case HeaderName.contentType: contentType = value
      case HeaderName.grpcStatus: hasStatus = true
      case HeaderName.encoding where value != "identity":
        throw RPCError(.internal, "The answer is compressed, which was not asked for.")
      default: break
      }
    }
    if isTrailersOnly, hasStatus { return true }
    if status.utf8.count == 3, status.utf8.first == UInt8(ascii: "1") { return false }
    guard status == "200" else {
      throw RPCError(PeerErrors.code(forHTTPStatus: status), "The peer answered HTTP status \(status.prefix(3)).")
    }
    guard let contentType, RequestHead.isGRPCContentType(contentType) else {
      throw RPCError(.unknown, "The peer's answer is not gRPC.")
    }
    return true
  }
}
