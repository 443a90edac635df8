import Identifiers

/// An email address as accounts are known by: trimmed and lower-cased.
///
/// Checked for shape only (one `@` with text before it and a dotted domain after it, no white space or control
/// characters, at most 254 bytes as RFC 5321 has it); whether it exists only a letter could tell.
struct EmailAddress: Sendable, Hashable {
  let value: String

  static let maximumBytes = 254

  init?(_ text: String) {
    let value = text.trimmed.lowercased()
    guard value.utf8.count <= Self.maximumBytes, !value.contains(where: Self.isForbidden) else { return nil }
    let parts = value.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, Self.isDomain(parts[1]) else { return nil }
    self.value = value
  }

  private static func isDomain(_ text: Substring) -> Bool {
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    return labels.count >= 2 && labels.allSatisfy { !$0.isEmpty && !$0.hasPrefix("-") && !$0.hasSuffix("-") }
  }

  private static func isForbidden(_ character: Character) -> Bool {
    character.isWhitespace || character.unicodeScalars.contains { $0.properties.generalCategory == .control }
      || "<>(),;:\\\"[]".contains(character)
  }
}
