import COpenSSL
import Identifiers

extension [UInt8] {
  /// From the system's generator, fit for keys.
  package static func random(count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in generator.next() }
  }

  /// Takes the same time wherever they differ; only a difference in length shows.
  package func equalsInConstantTime(_ other: [UInt8]) -> Bool {
    count == other.count && CRYPTO_memcmp(self, other, count) == 0
  }

  /// Two digits a byte, in lower case.
  package var hex: String {
    let digits = Array<UInt8>("0123456789abcdef".utf8)
    return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// nil for whatever `hex` does not write.
  package init?(hex text: some StringProtocol) {
    let digits = text.utf8.compactMap { (UInt8(ascii: "A")...UInt8(ascii: "F")).contains($0) ? nil : $0.hexValue }
    guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
    self = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
