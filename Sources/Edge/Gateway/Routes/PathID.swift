import Hummingbird
import Identifiers

/// What a path can name by its id, with the word for it where there is none.
package enum PathSubject: String {
  case ticket = "Ticket"
  case order = "Order"

  var notFound: APIError { APIError(.notFound, "\(rawValue) not found", code: "\(rawValue.uppercased())_NOT_FOUND") }
}

extension GatewayContext {
  /// The id in the path. What no id of any service looks like is not asked for: percent signs are among that, so
  /// nothing needs to be decoded.
  package func id(of subject: PathSubject) throws(APIError) -> String {
    guard let id = parameters.get("id"), id.utf8.count <= 64,
      id.utf8.allSatisfy({ $0.isLetter || $0.isDigit || "-_".utf8.contains($0) })
    else { throw subject.notFound }
    return id
  }
}
