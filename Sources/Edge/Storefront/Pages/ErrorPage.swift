import Gateway
import HTTPTypes
import Hummingbird

extension PageRenderer {
  /// What went wrong, and what can be done about it.
  func page(_ error: APIError, _ visit: Visit) -> Response {
    let status: HTTPResponse.Status = error.status == .unauthorized ? .forbidden : error.status
    let (title, advice) = Self.words(for: status, error)
    var fields: Fields = ["code": String(status.code), "advice": advice]
    if status.kind == .serverError { fields["requestID"] = visit.context.requestID }
    // A challenge is for programs: whoever may sign in is led to the page for it.
    return page(
      .error, status, title: title, fields, visit, extra: error.headers.filter { $0.name != .wwwAuthenticate })
  }

  private static func words(for status: HTTPResponse.Status, _ error: APIError) -> (title: String, advice: String) {
    switch status {
    case .notFound: ("Not found", "There is nothing at this address. It may be misspelt, or gone.")
    case .forbidden where error.status == .unauthorized: ("Not yours", "This belongs to another account.")
    case .forbidden: ("Not allowed", "\(error.items.first?.message ?? "This is not allowed").")
    case .methodNotAllowed: ("Not possible", "Nothing can be done here this way. Go back and try again.")
    case .tooManyRequests: ("Too many tries", "Wait a moment, then try again.")
    case .serviceUnavailable, .gatewayTimeout:
      ("Out of order", "A part of the shop does not answer at the moment. Try again in a minute.")
    case _ where status.kind == .serverError:
      ("Something went wrong", "It is our fault, and we have a note of it. Try again in a minute.")
    default: ("That did not work", "\(error.items.first?.message ?? "The request was refused").")
    }
  }
}
