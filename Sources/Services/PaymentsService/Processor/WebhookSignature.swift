import COpenSSL
import Identifiers

/// A `Stripe-Signature` field: `t=<Unix seconds>,v1=<hex>[,v1=<hex>…]`, where each v1 is the HMAC-SHA256 of
/// `<t>.<payload>` with a secret of the endpoint (docs.stripe.com/webhooks/signature).
struct WebhookSignature: Sendable, Hashable {
  /// In seconds, to either side: of an older one somebody may have got hold, of a later one no clock knows.
  static let tolerance: Int64 = 300
  /// While a secret is being replaced there are two.
  private static let maximumCodes = 16
  private static let maximumLength = 4096

  /// As it is signed: not every text of a number is the shortest.
  private let timeText: String
  private let time: Int64
  private let codes: [[UInt8]]

  /// nil for anything else. Elements of other schemes are skipped.
  init?(_ text: String) {
    guard text.utf8.count <= Self.maximumLength else { return nil }
    var times: [Substring] = []
    var codes: [[UInt8]] = []
    for element in text.split(separator: ",") {
      guard let equals = element.firstIndex(of: "=") else { return nil }
      let value = element[element.index(after: equals)...]
      switch element[..<equals] {
      case "t": times.append(value)
      case "v1":
        guard let code = Self.bytes(hex: value) else { return nil }
        codes.append(code)
      default: break
      }
    }
    guard times.count == 1, let text = times.first, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let time = Int64(text), !codes.isEmpty, codes.count <= Self.maximumCodes
    else { return nil }
    timeText = String(text)
    self.time = time
    self.codes = codes
  }

  func fits(_ payload: [UInt8], secret: Secret, now: UnixTime) -> Bool {
    isOf(payload, secret: secret) && isRecent(now)
  }

  /// Compares in constant time, every code.
  func isOf(_ payload: [UInt8], secret: Secret) -> Bool {
    guard let expected = try? SHA256.hmac(key: secret.value, Array("\(timeText).".utf8) + payload) else { return false }
    return codes.reduce(false) { fits, code in Self.equal(code, expected) || fits }
  }

  func isRecent(_ now: UnixTime) -> Bool {
    let (age, overflow) = now.seconds.subtractingReportingOverflow(time)
    return !overflow && age.magnitude <= Self.tolerance.magnitude
  }

  private static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
  }

  private static func bytes(hex: Substring) -> [UInt8]? {
    let digits = Array(hex.utf8)
    guard digits.count == 2 * SHA256.byteCount else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
