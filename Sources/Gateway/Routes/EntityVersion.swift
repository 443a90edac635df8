import HTTPTypes

/// A version as an entity tag (RFC 9110, 8.8.3): `"3"`, a strong one.
enum EntityVersion {
  static func tag(_ version: Int64) -> HTTPField { HTTPField(name: .eTag, value: "\"\(version)\"") }

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
    if text.trimmingSpaces == "*" { return .any }
    var versions: [Int64] = []
    for part in text.split(separator: ",") {
      var tag = part.trimmingSpaces
      // A weak tag never matches here (RFC 9110, 13.1.1).
      let isWeak = tag.hasPrefix("W/")
      if isWeak { tag = tag.dropFirst(2) }
      guard tag.count >= 2, tag.first == "\"", tag.last == "\"", !tag.dropFirst().dropLast().contains("\"") else {
        throw .invalidFields([(field: "If-Match", message: "If-Match must be * or a list of entity tags")])
      }
      let text = tag.dropFirst().dropLast()
      // Tags are compared as texts: no other writing of a version is one of ours.
      if !isWeak, let version = Int64(text), String(version) == text { versions.append(version) }
    }
    return .oneOf(versions)
  }

  /// Whether `If-None-Match` names this version, or any.
  static func isKnown(_ version: Int64, _ fields: HTTPFields) -> Bool {
    guard let text = fields[.ifNoneMatch] else { return false }
    let names = ["*", "\"\(version)\"", "W/\"\(version)\""]
    return text.split(separator: ",").contains { names.contains(String($0.trimmingSpaces)) }
  }
}

extension StringProtocol {
  fileprivate var trimmingSpaces: SubSequence {
    let start = firstIndex { $0 != " " && $0 != "\t" } ?? endIndex
    guard let last = lastIndex(where: { $0 != " " && $0 != "\t" }), start <= last else { return self[start..<start] }
    return self[start...last]
  }
}
