import Gateway
import HTTPTypes
import Hummingbird
import Identifiers

/// What a browser posts from a form: `application/x-www-form-urlencoded` (url.spec.whatwg.org, 5.1).
struct FormBody: Sendable {
  private var fields: [String: String] = [:]

  /// Empty where a field was not sent. Of several with one name the first counts.
  subscript(name: String) -> String { fields[name] ?? "" }

  /// A whole number from 0 on; nil where there is none.
  func number(_ name: String) -> Int64? {
    let text = self[name]
    return text.utf8.allSatisfy(\.isDigit) ? Int64(text) : nil
  }

  init() {}

  init(_ request: Request, limit: Int) async throws {
    let type = request.headers[.contentType]?.lowercased().split(separator: ";").first
    guard type == "application/x-www-form-urlencoded" else {
      throw APIError(
        .unsupportedMediaType, "Content-Type must be application/x-www-form-urlencoded",
        code: "UNSUPPORTED_MEDIA_TYPE")
    }
    self.init(try await request.bytes(limit: limit).readableBytesView)
  }

  init(_ bytes: some Collection<UInt8>) {
    for pair in bytes.split(separator: UInt8(ascii: "&")) {
      let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      let name = Self.decoded(parts[0])
      guard fields[name] == nil else { continue }
      fields[name] = parts.count == 2 ? Self.decoded(parts[1]) : ""
    }
  }

  private static func decoded(_ bytes: some Sequence<UInt8>) -> String {
    String(percentDecoding: bytes.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 })
  }
}
