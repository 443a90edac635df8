import Identifiers
import Money

/// A title and a price that a ticket may have.
struct TicketDraft: Sendable, Hashable {
  /// Characters (grapheme clusters), after trimming.
  static let titleLength = 1...200
  /// A character can be built of any number of code points: this bounds what is stored.
  static let maximumTitleBytes = 1600
  let title: String
  let priceCents: Int64

  /// Trims the title and checks both, naming each field that breaks a rule.
  static func validated(
    title: String, priceCents: Int64, _ limits: PriceLimits
  ) throws(InvalidFields) -> TicketDraft {
    var invalid = InvalidFields()
    let trimmed = String(title.trimmed)
    if let problem = problem(withTitle: trimmed) { invalid.add("title", problem) }
    if let problem = limits.problem(with: priceCents) { invalid.add("price", problem) }
    try invalid.check()
    return TicketDraft(title: trimmed, priceCents: priceCents)
  }

  private static func problem(withTitle title: String) -> String? {
    if title.isEmpty { return "Title is required" }
    guard title.utf8.count <= maximumTitleBytes, titleLength.contains(title.count) else {
      return "Title must be at most \(titleLength.upperBound) characters"
    }
    let hasControls = title.unicodeScalars.contains { $0.properties.generalCategory == .control }
    return hasControls ? "Title must not contain control characters" : nil
  }
}
