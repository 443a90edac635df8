import Gateway
import HTTPTypes
import Hummingbird

/// What a browser posts from a form: `application/x-www-form-urlencoded` (url.spec.whatwg.org, 5.1).
struct FormBody: Sendable {
  private var fields: [String: String] = [:]

  /// Empty where a field was not sent. Of several with one name the first counts.
  subscript(name: String) -> String { fields[name] ?? "" }

  /// A whole number from 0 on; nil where there is none.
  func number(_ name: String) -> Int64? {
    let text = self[name]
    return text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text) : nil
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

  /// What is no UTF-8 becomes U+FFFD, as the standard says.
  private static func decoded(_ bytes: some Collection<UInt8>) -> String {
    var decoded: [UInt8] = []
    var rest = Array(bytes)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2, let value = hexadecimal(rest.prefix(2)) {
        decoded.append(value)
        rest.removeFirst(2)
      } else {
        decoded.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      }
    }
    return String(decoding: decoded, as: UTF8.self)
  }

  private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt8? {
    guard digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-") else { return nil }
    return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
