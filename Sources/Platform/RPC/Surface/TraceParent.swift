import Synchronization

/// The W3C Trace Context header (w3.org/TR/trace-context) that ties a request to what it causes elsewhere.
package enum TraceParent {
  /// `value` where it is well-formed: `version-traceid-parentid-flags` in lower-case hexadecimal digits.
  package static func accept(_ value: String?) -> String? {
    guard let value, value.utf8.count == 55 else { return nil }
    let parts = value.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.map(\.count) == [2, 32, 16, 2], parts.allSatisfy({ $0.allSatisfy(isDigit) }) else { return nil }
    // An id of zeros is no id, and version ff is forbidden.
    let isZero = parts[1...2].contains { $0.allSatisfy { $0 == UInt8(ascii: "0") } }
    return isZero || value.hasPrefix("ff") ? nil : value
  }

  /// The start of a new trace, sampled.
  package static func generate() -> String {
    let words = [randomWord(), randomWord(), randomWord()]
    return String(unsafeUninitializedCapacity: 55) { bytes in
      var position = 0
      func put(_ text: StaticString) {
        text.withUTF8Buffer {
          for byte in $0 {
            bytes[position] = byte
            position += 1
          }
        }
      }
      func put(_ word: UInt64) {
        for shift in stride(from: 60, through: 0, by: -4) {
          bytes[position] = digits[Int(word >> UInt64(shift) & 15)]
          position += 1
        }
      }
      put("00-")
      put(words[0])
      put(words[1])
      put("-")
      put(words[2])
      put("-01")
      return position
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { digits.contains(byte) }

  private static let digits = Array("0123456789abcdef".utf8)

  /// Unique in the process and never zero twice: a counter from a random start through a bijective mixer
  /// (splitmix64), because the system's generator costs a system call.
  private static func randomWord() -> UInt64 {
    var word = counter.wrappingAdd(0x9e37_79b9_7f4a_7c15, ordering: .relaxed).newValue
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }

  private static let counter = Atomic<UInt64>(UInt64.random(in: .min ... .max))
}
