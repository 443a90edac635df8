import Identifiers

/// Which part of a list is asked for. The token of a page is the id that the page before ended with.
package struct PageRequest: Sendable, Hashable {
  static let maximumSize = 1000

  /// 1 to 1000.
  package let size: Int
  /// Where the page before ended; nil: this is the first.
  package let start: ULID?

  /// 0 stands for the greatest size, and so does anything above it. Throws for what no list gave out.
  package init(size: Int32, token: String) throws(InvalidFields) {
    guard size >= 0 else { throw InvalidFields("limit", "limit must be at least 1") }
    self.size = size == 0 ? Self.maximumSize : min(Int(size), Self.maximumSize)
    start = token.isEmpty ? nil : ULID(token)
    guard token.isEmpty || start != nil else {
      throw InvalidFields("cursor", "cursor is not one that this API gave out")
    }
  }
}
