import Cryptography
import Identifiers

/// A `Stripe-Signature` field: `t=<Unix seconds>,v1=<hex>[,v1=<hex>…]`, where each v1 is the HMAC-SHA256 of
/// `<t>.<payload>` with a secret of the endpoint (docs.stripe.com/webhooks/signature).
struct WebhookSignature: Sendable, Hashable {
  /// In seconds, to either side: of an older one somebody may have got hold, of a later one no clock knows.
  static let tolerance: Int64 = 300
  /// While a secret is being replaced there are two.
  private static let maximumCodes = 16
  private static let maximumLength = 4096
  private static let codeBytes = 32

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
        guard let code = [UInt8](hex: value), code.count == Self.codeBytes else { return nil }
        codes.append(code)
      default: break
      }
    }
    guard times.count == 1, let text = times.first, text.utf8.allSatisfy(\.isDigit),
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
    let signed = Array("\(timeText).".utf8) + payload
    guard let expected = try? Digest.hmacSHA256(signed, key: Array(secret.value.utf8)) else { return false }
    return codes.reduce(false) { fits, code in code.equalsInConstantTime(expected) || fits }
  }

  func isRecent(_ now: UnixTime) -> Bool {
    let (age, overflow) = now.seconds.subtractingReportingOverflow(time)
    return !overflow && age.magnitude <= Self.tolerance.magnitude
  }
}
