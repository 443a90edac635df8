import HTTPTypes
import HummingbirdCore

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

  /// The `Link` (RFC 8288) to the page after this one.
  func link(path: String, cursor: String) -> HTTPField {
    let size = limit == 0 ? "" : "limit=\(limit)&"
    return HTTPField(name: .link, value: "<\(path)?\(size)cursor=\(cursor.percentEncoded)>; rel=\"next\"")
  }
}

extension String {
  /// For a query (RFC 3986, 2.3): all but the unreserved characters.
  fileprivate var percentEncoded: String {
    var encoded = ""
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        encoded.unicodeScalars.append(UnicodeScalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        encoded += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return encoded
  }
}
