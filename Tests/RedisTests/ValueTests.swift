import NIOCore
import Testing

@testable import Redis

@Suite struct ValueTests {
  static let numbers: [(String, Int64?)] = [
    ("0", 0), ("-0", 0), ("7", 7), ("-9223372036854775808", .min), ("9223372036854775807", .max),
    ("9223372036854775808", nil), ("-9223372036854775809", nil), ("", nil), ("-", nil), ("+1", nil), (" 1", nil),
    ("1 ", nil), ("1.0", nil), ("1e3", nil), ("99999999999999999999999", nil),
  ]

  @Test(arguments: numbers) func `a decimal number is read exactly or not at all`(text: String, value: Int64?) {
    #expect(RedisBytes(text).int64 == value)
  }

  @Test func `bytes that are not UTF-8 are no string`() throws {
    let bytes = RedisBytes([0x61, 0xFF])
    #expect(bytes.string == nil)
    #expect(Array(bytes) == [0x61, 0xFF])
    #expect(throws: RedisError.self) { try RESPValue.bulk(bytes).string() }
  }

  @Test func `the wrong kind of reply is an error that shows no content`() {
    let error = #expect(throws: RedisError.self) { try RESPValue.bulk(RedisBytes("secret")).array() }
    #expect(error?.kind == .unexpectedReply)
    #expect(error?.message == "expected an array, got a string of 6 bytes")
  }

  @Test(arguments: [Int64.min, -10, -1, 0, 1, 9, 10, 99, 100, .max])
  func `numbers are written as their decimal text`(value: Int64) {
    var buffer = ByteBuffer()
    RedisCommand("X", .integer(value)).write(to: &buffer)
    let text = String(value)
    #expect(String(buffer: buffer) == "*2\r\n$1\r\nX\r\n$\(text.utf8.count)\r\n\(text)\r\n")
  }

  @Test func `arguments of every kind are written with their length in bytes`() {
    var buffer = ByteBuffer()
    RedisCommand("X", "é", .bytes([13, 10]), .buffer(ByteBuffer(string: "b")), .double(0.1), "").write(to: &buffer)
    #expect(
      String(buffer: buffer) == "*6\r\n$1\r\nX\r\n$2\r\né\r\n$2\r\n\r\n\r\n$1\r\nb\r\n$3\r\n0.1\r\n$0\r\n\r\n")
  }

  @Test func `SHA-1 digests are those of the standard`() {
    #expect(SHA1.hexDigest("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
    #expect(SHA1.hexDigest("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d")
  }

  @Test func `waits between attempts grow to their limit and are never alike for all`() {
    var backoff = Backoff(first: .milliseconds(100), limit: .seconds(1))
    let waits = (0..<10).map { _ in backoff.next() }
    #expect((.milliseconds(50)...(.milliseconds(100))).contains(waits[0]))
    #expect((.milliseconds(500)...(.seconds(1))).contains(waits[9]))
    backoff.reset()
    #expect(backoff.next() <= .milliseconds(100))
  }
}
