/// A universally unique, lexicographically sortable identifier: 48 bits of Unix milliseconds and 80 random bits as
/// 26 characters of Crockford's base 32 (github.com/ulid/spec). Later ids sort after earlier ones, so a sorted set of
/// ids is a list by age.
package struct ULID: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// 26 upper-case characters.
  package let description: String

  /// The largest time an id can carry, in Unix milliseconds (the year 10889).
  private static let latest: UInt64 = (1 << 48) - 1

  /// Makes an id for now.
  package init() {
    var generator = SystemRandomNumberGenerator()
    self.init(milliseconds: UnixTime.now().milliseconds, using: &generator)
  }

  /// Makes an id for a time given in Unix milliseconds; times outside of 0...2^48-1 are clamped.
  package init(milliseconds: Int64, using generator: inout some RandomNumberGenerator) {
    var high = min(UInt64(clamping: milliseconds), Self.latest)
    var digits = [UInt8](repeating: 0, count: 26)
    for index in stride(from: 9, through: 0, by: -1) {
      digits[index] = Self.alphabet[Int(high & 31)]
      high >>= 5
    }
    var random = generator.next()
    for index in 10..<26 {
      if index == 18 { random = generator.next() }
      digits[index] = Self.alphabet[Int(random & 31)]
      random >>= 5
    }
    description = String(decoding: digits, as: UTF8.self)
  }

  /// Reads an id as `description` writes it: exactly 26 upper-case characters of the alphabet, the first at most `7`.
  /// Anything else is nil, so two texts never name the same id.
  package init?(_ text: some StringProtocol) {
    guard text.utf8.count == 26, let first = text.utf8.first, first <= UInt8(ascii: "7"),
      text.utf8.allSatisfy(Self.alphabet.contains)
    else { return nil }
    description = String(text)
  }

  /// When it was made, in Unix milliseconds.
  package var milliseconds: Int64 {
    description.utf8.prefix(10).reduce(0) { time, digit in time << 5 | Int64(Self.alphabet.firstIndex(of: digit) ?? 0) }
  }

  package static func < (left: ULID, right: ULID) -> Bool { left.description < right.description }

  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
}
