import Synchronization

/// Names one request through every process that it passes.
package enum RequestID {
  package static let metadataName = "x-request-id"

  /// `value` where it can be trusted in a log line: 1 to 128 visible ASCII characters.
  package static func accept(_ value: String?) -> String? {
    guard let value, (1...128).contains(value.utf8.count), value.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
    else { return nil }
    return value
  }

  /// A new id: 15 characters, so that it fits into a `String` without a heap allocation.
  ///
  /// A counter through a bijective mixer: unique in the process without a system call, and spread over 75 bits
  /// by two words of the process' own randomness. It names a request; it is no secret.
  package static func generate() -> String {
    let count = counter.wrappingAdd(0x9e37_79b9_7f4a_7c15, ordering: .relaxed).newValue
    var word = count
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    word ^= word >> 31
    return String(unsafeUninitializedCapacity: 15) { bytes in
      for position in 0..<13 {
        bytes[position] = alphabet(word)
        word >>= 5
      }
      bytes[13] = alphabet(processTag)
      bytes[14] = alphabet(processTag >> 5)
      return 15
    }
  }

  private static let counter = Atomic<UInt64>(UInt64.random(in: .min ... .max))
  private static let processTag = UInt64.random(in: .min ... .max)

  /// Base 32 in lower case: digits, then a to v.
  private static func alphabet(_ word: UInt64) -> UInt8 {
    let digit = UInt8(truncatingIfNeeded: word & 31)
    return digit < 10 ? 0x30 &+ digit : 0x57 &+ digit
  }
}
