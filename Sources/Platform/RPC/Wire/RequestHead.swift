import NIOHPACK

/// What the first HEADERS of a call say.
struct RequestHead {
  /// Why a request is refused before any method is looked up.
  enum Refusal: Error, Equatable {
    /// Not a request as HTTP/2 has them (RFC 9113 8): a stream error of type PROTOCOL_ERROR.
    case malformed
    /// Not gRPC at all: answered with this HTTP status.
    case http(status: String)
    case grpc(StatusCode, String)
  }

  private(set) var path = ""
  private(set) var timeout: Duration?
  private(set) var metadata = Metadata()
  private(set) var contentLength: Int?

  private var method: String?
  private var scheme: String?
  private var hasAuthority = false
  private var isGRPC = false
  private var refusal: Refusal?

  static let contentType = "application/grpc"

  /// One pass over the fields, with all the validation that they get, because this runs for every call. Throws
  /// ``Refusal``.
  init(_ headers: HPACKHeaders) throws(Refusal) {
    var fields: [Metadata.Field] = []
    fields.reserveCapacity(headers.count)
    var isPastPseudoHeaders = false
    for (name, value, _) in headers {
      if name.utf8.first == UInt8(ascii: ":") {
        if isPastPseudoHeaders || !FieldSyntax.isPseudoHeaderValue(value) { throw .malformed }
        try takePseudoHeader(name, value)
        continue
      }
      isPastPseudoHeaders = true
      guard FieldSyntax.isName(name), FieldSyntax.isValue(value) else { throw .malformed }
      if HeaderFields.isReserved(name) {
        try takeReserved(name, value)
      } else {
        fields.append(Metadata.Field(name: name, value: value))
      }
    }
    guard let method, scheme != nil, path.utf8.first == UInt8(ascii: "/") else { throw .malformed }
    guard method == "POST" else { throw .http(status: "405") }
    guard isGRPC else { throw .http(status: "415") }
    if let refusal { throw refusal }
    metadata = Metadata(fields: fields)
  }

  private mutating func takePseudoHeader(_ name: String, _ value: String) throws(Refusal) {
    switch name {
    case HeaderName.method where method == nil && !value.isEmpty: method = value
    case HeaderName.scheme where scheme == nil && !value.isEmpty: scheme = value
    case HeaderName.path where path.isEmpty: path = value
    case HeaderName.authority where !hasAuthority: hasAuthority = true
    default: throw .malformed
    }
  }

  private mutating func takeReserved(_ name: String, _ value: String) throws(Refusal) {
    switch name {
    case HeaderName.contentType: isGRPC = Self.isGRPCContentType(value)
    case HeaderName.te where value == "trailers": break
    case HeaderName.timeout:
      timeout = GRPCTimeout.decode(value)
      // As grpc-go answers; statuscodes.md has no line for it.
      if timeout == nil { refusal = .grpc(.internal, "grpc-timeout is malformed.") }
    case HeaderName.encoding:
      if value != "identity" { refusal = .grpc(.unimplemented, "Compression is not supported.") }
    case "content-length":
      guard let length = FieldSyntax.number(value), contentLength ?? length == length else { throw .malformed }
      contentLength = length
    case HeaderName.te: throw .malformed
    default: if FieldSyntax.isConnectionSpecific(name) { throw .malformed }
    }
  }

  /// `application/grpc`, alone or followed by `+format` or `;parameter`.
  static func isGRPCContentType(_ value: String) -> Bool {
    if value == Self.contentType { return true }
    guard value.hasPrefix(Self.contentType) else { return false }
    let next = value.utf8.dropFirst(Self.contentType.utf8.count).first
    return next == UInt8(ascii: "+") || next == UInt8(ascii: ";")
  }
}
