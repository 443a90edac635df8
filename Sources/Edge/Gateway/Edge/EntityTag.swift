import HTTPTypes
import Identifiers

/// Names one version of an answer (RFC 9110, 8.8.3), so that whoever has it need not be sent it again: `"3"`, a strong
/// one.
package struct EntityTag: Sendable {
  private let version: String

  package init(_ version: some CustomStringConvertible) {
    self.version = version.description
  }

  package var field: HTTPField { HTTPField(name: .eTag, value: "\"\(version)\"") }

  /// Whether `If-None-Match` names it, or any.
  package func isKnown(_ fields: HTTPFields) -> Bool {
    guard let text = fields[.ifNoneMatch] else { return false }
    if text.trimmed == "*" { return true }
    return Self.tags(in: text)?.contains { $0.text == version } ?? false
  }

  /// What `If-Match` lets through.
  enum Condition: Hashable {
    /// Whatever there is.
    case any
    /// One of these; what is no version of ours is none that could match.
    case oneOf([Int64])
  }

  /// nil: the field is not there. Throws `APIError` for what is no list of entity tags.
  static func ifMatch(_ fields: HTTPFields) throws(APIError) -> Condition? {
    guard let text = fields[.ifMatch] else { return nil }
    if text.trimmed == "*" { return .any }
    guard let tags = tags(in: text) else {
      throw .invalidFields([(field: "If-Match", message: "If-Match must be * or a list of entity tags")])
    }
    // A weak tag never matches here (RFC 9110, 13.1.1). Tags are compared as texts: no other writing of a version is one
    // of ours.
    return .oneOf(
      tags.compactMap { tag in Int64(tag.text).flatMap { !tag.isWeak && String($0) == tag.text ? $0 : nil } })
  }

  /// The entity tags of a list, without their quotes; nil: it is none. A comma may stand in a tag too.
  private static func tags(in text: String) -> [(text: Substring, isWeak: Bool)]? {
    var tags: [(Substring, Bool)] = []
    var rest = text[...]
    while true {
      rest = rest.drop { " \t,".contains($0) }
      guard !rest.isEmpty else { return tags }
      let isWeak = rest.hasPrefix("W/")
      if isWeak { rest = rest.dropFirst(2) }
      guard rest.first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") else { return nil }
      tags.append((rest[..<end].dropFirst(), isWeak))
      rest = rest[end...].dropFirst().trimmed
      guard rest.isEmpty || rest.first == "," else { return nil }
    }
  }
}
