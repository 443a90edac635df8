/// The cost parameters of scrypt (RFC 7914): CPU and memory `n`, a power of two; block size `r`; parallelism `p`.
struct ScryptCost: Sendable, Hashable, CustomStringConvertible {
  let n, r, p: UInt64

  /// OWASP's minimum for scrypt with 32 MiB (Password Storage Cheat Sheet).
  static let recommended = ScryptCost(uncheckedN: 1 << 15, r: 8, p: 3)

  /// What a record or a setting may ask for: enough for years to come, too little to take a machine down.
  static let maximumMemoryBytes: UInt64 = 512 << 20

  /// Reads "n,r,p"; nil for anything that is not a sane cost.
  init?(_ text: String) {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).compactMap { UInt64($0) }
    guard numbers.count == 3, numbers.map(String.init).joined(separator: ",") == text else { return nil }
    self.init(n: numbers[0], r: numbers[1], p: numbers[2])
  }

  init?(n: UInt64, r: UInt64, p: UInt64) {
    guard (2...(1 << 20)).contains(n), n.nonzeroBitCount == 1, (1...32).contains(r), (1...16).contains(p) else {
      return nil
    }
    guard 128 * n * r <= Self.maximumMemoryBytes else { return nil }
    self.init(uncheckedN: n, r: r, p: p)
  }

  private init(uncheckedN n: UInt64, r: UInt64, p: UInt64) {
    self.n = n
    self.r = r
    self.p = p
  }

  var description: String { "\(n),\(r),\(p)" }

  /// What OpenSSL may allocate: 128·n·r for the table, as much again for p blocks and its own bookkeeping.
  var memoryLimitBytes: UInt64 { 128 * n * r + 128 * r * p + (1 << 20) }
}
