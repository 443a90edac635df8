import Identifiers
import RPC

/// Which part of a list is asked for. The token of a page is the id that the page before ended with.
package struct PageRequest: Sendable, Hashable {
  package static let maximumSize = 1000

  /// 1 to 1000.
  package let size: Int
  /// Where the page before ended; nil: this is the first.
  package let start: ULID?

  /// 0 stands for the greatest size, and so does anything above it. Throws INVALID_ARGUMENT for what no list gave out.
  package init(size: Int32, token: String) throws {
    guard size >= 0 else { throw Self.invalid("limit", "limit must be at least 1") }
    self.size = size == 0 ? Self.maximumSize : min(Int(size), Self.maximumSize)
    start = token.isEmpty ? nil : ULID(token)
    guard token.isEmpty || start != nil else {
      throw Self.invalid("cursor", "cursor is not one that this API gave out")
    }
  }

  private static func invalid(_ field: String, _ message: String) -> RPCError {
    RPCError(
      .invalidArgument, "Invalid request", reason: "INVALID_FIELDS", violations: [.init(field: field, message: message)]
    )
  }
}
