#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The bytes of one bulk string. Slices of one read share their storage, so a reply of twenty fields costs one
/// allocation, not twenty; keep a copy (`Array(bytes)`) of a short value that outlives its request by minutes.
package struct RedisBytes: Sendable, RandomAccessCollection {
  /// Storage that several values share. `@unchecked Sendable`: the parser writes a range before it hands out the
  /// value for that range, and nobody writes it again.
  final class Storage: @unchecked Sendable {
    let base: UnsafeMutableRawBufferPointer

    init(capacity: Int) { base = .allocate(byteCount: Swift.max(capacity, 1), alignment: 1) }
    deinit { base.deallocate() }
  }

  private let storage: Storage?
  private let start: Int
  package let count: Int

  init(storage: Storage, start: Int, count: Int) {
    self.storage = storage
    self.start = start
    self.count = count
  }

  package init(_ bytes: some Collection<UInt8>) {
    let storage = Storage(capacity: bytes.count)
    storage.base.copyBytes(from: bytes)
    self.init(storage: storage, start: 0, count: bytes.count)
  }

  package init(_ text: String) { self.init(text.utf8) }

  package var startIndex: Int { 0 }
  package var endIndex: Int { count }

  package subscript(position: Int) -> UInt8 {
    precondition(position >= 0 && position < count, "index out of range")
    return withUnsafeBytes { $0[position] }
  }

  package func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    guard let storage, count > 0 else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    let slice = UnsafeRawBufferPointer(rebasing: storage.base[start..<start + count])
    defer { withExtendedLifetime(storage) {} }
    return try body(slice)
  }

  package func withContiguousStorageIfAvailable<R>(_ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R? {
    try withUnsafeBytes { try body($0.bindMemory(to: UInt8.self)) }
  }
}

extension RedisBytes: Hashable {
  package static func == (left: RedisBytes, right: RedisBytes) -> Bool {
    left.withUnsafeBytes { left in right.withUnsafeBytes { equal(left, $0) } }
  }

  package func hash(into hasher: inout Hasher) {
    withUnsafeBytes { hasher.combine(bytes: $0) }
  }

  package static func == (left: RedisBytes, right: String) -> Bool {
    guard left.count == right.utf8.count else { return false }
    var right = right
    return right.withUTF8 { right in left.withUnsafeBytes { equal($0, UnsafeRawBufferPointer(right)) } }
  }

  private static func equal(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard left.count == right.count else { return false }
    guard let start = left.baseAddress, let other = right.baseAddress else { return true }
    return memcmp(start, other, left.count) == 0
  }
}

extension RedisBytes {
  /// nil where the bytes are not UTF-8.
  package var string: String? {
    withUnsafeBytes { String(validating: $0.bindMemory(to: UInt8.self), as: UTF8.self) }
  }

  /// nil where the bytes are not a decimal number within Int64: no spaces, no sign but a leading minus.
  package var int64: Int64? {
    withUnsafeBytes { bytes in
      var digits = bytes[...]
      let negative = digits.first == UInt8(ascii: "-")
      if negative { digits = digits.dropFirst() }
      guard !digits.isEmpty else { return nil }
      var value: Int64 = 0
      for byte in digits {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        let digit = Int64(byte - UInt8(ascii: "0"))
        let (scaled, overflowed) = value.multipliedReportingOverflow(by: 10)
        // Towards Int64.min the digits are subtracted, because its magnitude is no Int64.
        let (sum, overflowedAgain) =
          negative ? scaled.subtractingReportingOverflow(digit) : scaled.addingReportingOverflow(digit)
        guard !overflowed, !overflowedAgain else { return nil }
        value = sum
      }
      return value
    }
  }
}

extension RedisBytes: CustomStringConvertible {
  package var description: String { string ?? "\(count) bytes that are not UTF-8" }
}
