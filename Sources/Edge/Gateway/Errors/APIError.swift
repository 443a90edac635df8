import HTTPTypes
import Hummingbird
import RPC

/// An answer that says what went wrong: `{"errors":[{"message","field"?,"code"?}]}`.
///
/// Thrown by handlers; everything in it is meant for the client.
package struct APIError: Error, Hashable, Sendable {
  package struct Item: Hashable, Sendable {
    /// For people.
    package var message: String
    /// The part of the request at fault.
    package var field: String?
    /// For programs, in UPPER_SNAKE.
    package var code: String?
    /// How the ticket is now, where that is what went wrong.
    package var priceCents: Int64?
    package var version: Int64?
  }

  package let status: HTTPResponse.Status
  package let items: [Item]
  /// Beyond those that every answer has.
  package var headers: [HTTPField] = []

  package init(_ status: HTTPResponse.Status, _ items: [Item], headers: [HTTPField] = []) {
    self.status = status
    self.items = items
    self.headers = headers
  }

  package init(
    _ status: HTTPResponse.Status, _ message: String, field: String? = nil, code: String, headers: [HTTPField] = []
  ) {
    self.init(status, [Item(message: message, field: field, code: code)], headers: headers)
  }
}

extension APIError {
  static let unknownRoute = APIError(.notFound, "Not found", code: "NOT_FOUND")

  static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> APIError {
    let names = allowed.map(\.rawValue).joined(separator: ", ")
    return APIError(
      .methodNotAllowed, "Method not allowed", code: "METHOD_NOT_ALLOWED",
      headers: [HTTPField(name: .allow, value: names)])
  }

  package static let notSignedIn = APIError(
    .unauthorized, "Not authorized", code: "NOT_SIGNED_IN", headers: [.bearerChallenge])

  static let foreignOrigin = APIError(
    .forbidden, "Requests from this origin are not allowed", code: "ORIGIN_NOT_ALLOWED")

  static let jsonRequired = APIError(
    .unsupportedMediaType, "Content-Type must be application/json, in UTF-8 and without Content-Encoding",
    code: "UNSUPPORTED_MEDIA_TYPE")

  // The connection ends with these: what is left is not worth reading, or cannot be read.

  static func bodyTooLarge(limit: Int) -> APIError {
    APIError(
      .contentTooLarge, "The body must have at most \(limit) bytes", code: "BODY_TOO_LARGE", headers: [.closing])
  }

  static let malformedRequest = APIError(
    .badRequest, "The request is not valid HTTP", code: "MALFORMED_REQUEST", headers: [.closing])

  static let headerTooLarge = APIError(
    .requestHeaderFieldsTooLarge, "The header of the request is too large", code: "HEADER_TOO_LARGE",
    headers: [.closing])

  static let tooSlow = APIError(
    .requestTimeout, "The request took too long to arrive", code: "REQUEST_TIMEOUT", headers: [.closing])

  static func malformedBody(_ message: String) -> APIError {
    APIError(.badRequest, message, code: "MALFORMED_BODY")
  }

  /// One error for each field at fault, with the code that the services use for the same.
  package static func invalidFields(_ problems: [(field: String, message: String)]) -> APIError {
    APIError(.badRequest, problems.map { Item(message: $0.message, field: $0.field, code: RPCError.invalidFields) })
  }

  /// A fault of ours: the client learns nothing but the id to ask about.
  static func fault(requestID: String) -> APIError {
    APIError(.internalServerError, "Something went wrong (request \(requestID))", code: "INTERNAL")
  }
}

extension HTTPField {
  /// RFC 9110, 11.6.1: a 401 names a scheme; unlike Basic, this one makes no browser ask for a password.
  static let bearerChallenge = HTTPField(name: .wwwAuthenticate, value: "Bearer")

  fileprivate static let closing = HTTPField(name: .connection, value: "close")
}
