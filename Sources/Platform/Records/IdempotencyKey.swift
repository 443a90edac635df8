import Identifiers

/// What a client chose to mark its request with, so that a repetition is recognised.
package struct IdempotencyKey: Sendable, Hashable {
  package static let maximumLength = 255

  package let value: String

  /// nil for an empty text: the request carries no key.
  package static func validated(_ text: String) throws(InvalidFields) -> IdempotencyKey? {
    guard !text.isEmpty else { return nil }
    guard text.utf8.count <= maximumLength, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      throw InvalidFields(
        "Idempotency-Key", "Idempotency-Key must be 1 to \(maximumLength) visible ASCII characters")
    }
    return IdempotencyKey(value: text)
  }
}
