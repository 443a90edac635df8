import Identifiers
import NIOHPACK

/// How a call's status is written into header fields, and read from them.
enum StatusTrailers {
  /// The trailers of nearly every answer; built once.
  static let ok: HPACKHeaders = [HeaderName.grpcStatus: "0"]
  static let maximumMessageSize = 4 * 1024
  private static let maximumViolationsSize = 6 * 1024
  private static let maximumDetails = 8

  /// Appends status, message and details of `error`, within what a peer takes as a header list.
  static func append(_ error: RPCError, to headers: inout HPACKHeaders) {
    headers.add(name: HeaderName.grpcStatus, value: String(error.code.rawValue))
    if !error.message.isEmpty {
      let message = PercentEncoding.encode(error.message, limit: maximumMessageSize)
      headers.add(name: HeaderName.grpcMessage, value: message, indexing: .nonIndexable)
    }
    if let reason = error.reason, HeaderFields.isMetadataValue(reason), reason.utf8.count <= 256 {
      headers.add(name: HeaderName.errorReason, value: reason)
    }
    var room = maximumViolationsSize
    for violation in error.violations {
      let value = encode(violation)
      room -= HeaderFields.size(HeaderName.errorField, value)
      if room < 0 { break }
      headers.add(name: HeaderName.errorField, value: value, indexing: .nonIndexable)
    }
    for (name, number) in error.details.sorted(by: { $0.key < $1.key }).prefix(maximumDetails)
    where HeaderFields.isMetadataName(name) && name.utf8.count <= 64 {
      headers.add(name: HeaderName.errorDetail, value: "\(name) \(number)", indexing: .nonIndexable)
    }
    if let retryAfter = error.retryAfter {
      headers.add(
        name: HeaderName.retryAfter, value: String(max(.zero, retryAfter).secondsRoundedUp), indexing: .nonIndexable)
    }
  }

  /// Appends what a handler added to its answer; leaves out what is no metadata or more than fits.
  static func append(_ trailers: Metadata, to headers: inout HPACKHeaders) {
    var room = 4 * 1024
    for field in trailers.fields {
      guard HeaderFields.isMetadataName(field.name), HeaderFields.isMetadataValue(field.value) else { continue }
      room -= HeaderFields.size(field.name, field.value)
      if room < 0 { break }
      headers.add(name: field.name, value: field.value, indexing: .nonIndexable)
    }
  }

  private static func encode(_ violation: RPCError.Violation) -> String {
    let field = PercentEncoding.encode(violation.field, limit: 256).split(separator: " ").joined(separator: "%20")
    let message = PercentEncoding.encode(violation.message, limit: 1024)
    return message.isEmpty ? field : "\(field) \(message)"
  }

  private static func decodeViolation(_ value: String) -> RPCError.Violation {
    let parts = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    return RPCError.Violation(
      field: PercentEncoding.decode(String(parts.first ?? "")),
      message: PercentEncoding.decode(parts.count > 1 ? String(parts[1]) : ""))
  }

  /// The status in `headers`: nil for OK, an error otherwise. Throws the error to use where there is no status.
  static func decode(_ headers: HPACKHeaders) throws(RPCError) -> RPCError? {
    var error = RPCError(.unknown, "")
    var code: Int?
    for (name, value, _) in headers {
      switch name {
      case HeaderName.grpcStatus: code = value.utf8.count <= 9 ? Int(value) ?? -1 : -1
      case HeaderName.grpcMessage: error.message = PercentEncoding.decode(value)
      case HeaderName.errorReason: error.reason = value
      case HeaderName.errorField: error.violations.append(decodeViolation(value))
      case HeaderName.errorDetail:
        let parts = value.split(separator: " ", omittingEmptySubsequences: false)
        if parts.count == 2, let number = Int64(parts[1]), error.details.count < maximumDetails {
          error.details[String(parts[0])] = number
        }
      case HeaderName.retryAfter:
        if let seconds = Int64(value), (0...86_400).contains(seconds) { error.retryAfter = .seconds(seconds) }
      default: break
      }
    }
    guard let code else { throw RPCError(.unknown, "The answer has no grpc-status.") }
    if code == 0 { return nil }
    // A code that is not one of the sixteen is UNKNOWN (statuscodes.md).
    error.code = StatusCode(rawValue: code) ?? .unknown
    return error
  }
}
