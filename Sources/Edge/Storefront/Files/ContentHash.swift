/// 64-bit FNV-1a (RFC 9923): tells versions of our own files apart. It withstands no forgery and need not.
struct ContentHash {
  private var state: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  var text: String { String(state, radix: 16) }
}
