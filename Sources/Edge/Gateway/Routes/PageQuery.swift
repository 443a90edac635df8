import HTTPTypes
import HummingbirdCore
import Identifiers

/// `limit` and `cursor` of a list.
struct PageQuery: Hashable {
  static let limits: ClosedRange<Int32> = 1...1000

  /// 0: the service's default.
  let limit: Int32
  /// Empty: the first page. What it may be, only the service knows.
  let cursor: String

  init(_ uri: URI) throws(APIError) {
    let query = uri.queryParameters
    cursor = query["cursor"].map { String($0) } ?? ""
    guard let text = query["limit"] else {
      limit = 0
      return
    }
    guard text.utf8.allSatisfy(\.isDigit), let limit = Int32(text), Self.limits.contains(limit) else {
      let range = "from \(Self.limits.lowerBound) to \(Self.limits.upperBound)"
      throw .invalidFields([(field: "limit", message: "limit must be a whole number \(range)")])
    }
    self.limit = limit
  }

  /// The `Link` (RFC 8288) to the page after this one; nothing where this is the last.
  func link(path: String, cursor: String) -> [HTTPField] {
    guard !cursor.isEmpty else { return [] }
    let size = limit == 0 ? "" : "limit=\(limit)&"
    return [HTTPField(name: .link, value: "<\(path)?\(size)cursor=\(cursor.percentEncoded())>; rel=\"next\"")]
  }
}
