import HTTPTypes
import Hummingbird

/// Names one version of an answer, so that whoever has it need not be sent it again (RFC 9110, 8.8.3).
struct EntityTag: Sendable {
  /// With its quotes.
  let text: String

  init(_ version: String) {
    text = "\"\(version)\""
  }

  func isKnown(to request: Request) -> Bool { request.headers[.ifNoneMatch]?.contains(text) == true }
}
