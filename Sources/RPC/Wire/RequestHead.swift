import NIOHPACK

/// What the first HEADERS of a call say.
struct RequestHead {
  /// Why a request is refused before any method is looked up.
  enum Refusal: Error, Equatable {
    /// Not gRPC at all: answered with this HTTP status.
    case http(status: String)
    case grpc(StatusCode, String)
  }

  var path = ""
  var timeout: Duration?
  var metadata = Metadata()

  /// One pass over the fields: this runs for every call. Throws ``Refusal``.
  init(_ headers: HPACKHeaders) throws(Refusal) {
    var isPost = false
    var isGRPC = false
    var refusal: Refusal?
    var fields: [Metadata.Field] = []
    fields.reserveCapacity(headers.count)
    for (name, value, _) in headers {
      guard HeaderFields.isReserved(name) else {
        fields.append(Metadata.Field(name: name, value: value))
        continue
      }
      switch name {
      case HeaderName.path: path = value
      case HeaderName.method: isPost = value == "POST"
      case HeaderName.contentType: isGRPC = Self.isGRPCContentType(value)
      case HeaderName.timeout:
        if let timeout = GRPCTimeout.decode(value) {
          self.timeout = timeout
        } else {
          // As grpc-go answers; statuscodes.md has no line for it.
          refusal = .grpc(.internal, "grpc-timeout is malformed.")
        }
      case HeaderName.encoding where value != "identity":
        refusal = .grpc(.unimplemented, "Compression is not supported.")
      default: break
      }
    }
    metadata = Metadata(fields: fields)
    guard isPost else { throw .http(status: "405") }
    guard isGRPC else { throw .http(status: "415") }
    if let refusal { throw refusal }
  }

  /// `application/grpc`, alone or followed by `+format` or `;parameter`.
  static func isGRPCContentType(_ value: String) -> Bool {
    if value == Self.contentType { return true }
    guard value.hasPrefix(Self.contentType) else { return false }
    let next = value.utf8.dropFirst(Self.contentType.utf8.count).first
    return next == UInt8(ascii: "+") || next == UInt8(ascii: ";")
  }

  static let contentType = "application/grpc"
}
