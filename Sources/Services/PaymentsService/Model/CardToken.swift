/// What stands for a card at the processor: `tok_…`, `pm_…` or `card_…`. Its description is not the token, so that no
/// log and no error shows one by accident.
struct CardToken: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  static let maximumLength = 255
  /// No card: of an attempt that can charge nothing any more.
  static let none = CardToken(unchecked: "")

  let value: String

  /// nil for what the processor cannot have given out.
  init?(_ text: String) {
    guard text.utf8.count <= Self.maximumLength,
      let prefix = ["tok_", "pm_", "card_"].first(where: text.hasPrefix), text.utf8.count > prefix.utf8.count,
      text.utf8.allSatisfy(Self.isWord)
    else { return nil }
    value = text
  }

  private init(unchecked value: String) {
    self.value = value
  }

  /// A token of the older kind, which names a card and is used up by its first use.
  var isSingleUse: Bool { value.hasPrefix("tok_") }

  var description: String { value.isEmpty ? "no card" : "a card's token" }
  var debugDescription: String { description }
  var customMirror: Mirror { Mirror(self, children: []) }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
