import NIOCore
import RandomTestSupport
import Testing

@testable import Redis

@Suite struct ReplyParserTests {
  static let wellFormed: [(String, RESPValue)] = [
    ("+OK\r\n", .simple("OK")),
    ("-ERR no\r\n", .error("ERR no")),
    (":-9223372036854775808\r\n", .integer(.min)),
    (":9223372036854775807\r\n", .integer(.max)),
    ("$-1\r\n", .null),
    ("*-1\r\n", .null),
    ("$0\r\n\r\n", .bulk(RedisBytes(""))),
    ("*0\r\n", .array([])),
    ("$5\r\n\r\n\0\u{7f}x\r\n", .bulk(RedisBytes("\r\n\0\u{7f}x"))),
    (
      "*4\r\n*2\r\n:1\r\n$-1\r\n*0\r\n-ERR x\r\n$2\r\nab\r\n",
      .array([.array([.integer(1), .null]), .array([]), .error("ERR x"), .bulk(RedisBytes("ab"))])
    ),
  ]

  @Test(arguments: wellFormed.indices) func `replies of every kind are read`(index: Int) throws {
    let (text, value) = Self.wellFormed[index]
    #expect(try parse([Array(text.utf8)]) == [value])
  }

  @Test func `replies that arrive byte by byte are the same`() throws {
    let bytes = Self.wellFormed.flatMap { Array($0.0.utf8) }
    #expect(try parse(bytes.map { [$0] }) == Self.wellFormed.map(\.1))
  }

  @Test func `a string of several megabytes and what follows it are read`() throws {
    let long = [UInt8](repeating: 0x61, count: 5_000_000)
    let bytes = Array("$5000000\r\n".utf8) + long + Array("\r\n:7\r\n".utf8)
    #expect(try parse([bytes]) == [.bulk(RedisBytes(long)), .integer(7)])
  }

  @Test func `strings of one read keep their own bytes`() throws {
    let replies = try parse([(0..<2000).flatMap { bulk("value \($0)") }])
    #expect(try replies.map { try $0.string() } == (0..<2000).map { "value \($0)" })
  }

  static let malformed: [(String, String)] = [
    ("*2147483647\r\n", "2147483647 elements"),
    ("*1048577\r\n", "1048577 elements"),
    ("*99999999999999999999\r\n", "Bad multi-bulk length"),
    ("*-2\r\n", "out of range"),
    ("$-2\r\n", "out of range"),
    ("$16777217\r\n", "16777217 bytes"),
    ("$9223372036854775807\r\nabc", "9223372036854775807 bytes"),
    ("$9223372036854775806\r\n\r\n\r\n", "9223372036854775806 bytes"),
    ("$x\r\n", "Bad bulk string length"),
    ("$+5\r\nhello\r\n", "Bad bulk string length"),
    (":1.5\r\n", "Bad integer value"),
    (":9223372036854775808\r\n", "Bad integer value"),
    (":\r\n", "Bad integer value"),
    ("%1\r\n+a\r\n+b\r\n", "reply type byte"),
    ("\0", "reply type byte"),
    ("HTTP/1.1 400 Bad Request\r\n\r\n", "reply type byte"),
    ("$3\r\nabcdef\r\n", "does not end where its length says"),
    ("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n", "nested"),
    ("*2\r\n*1048570\r\n", ""),
    ("+" + String(repeating: "x", count: 70_000), "a line of more than 65536 bytes"),
    ("+a\rb" + String(repeating: "x", count: 70_000), "a line of more than 65536 bytes"),
    (":5\rb" + String(repeating: "x", count: 70_000), "a line of more than 65536 bytes"),
    ("$" + String(repeating: "1", count: 70_000), "a line of more than 65536 bytes"),
  ]

  @Test(arguments: malformed.indices) func `malformed replies are refused with their reason`(index: Int) throws {
    let (text, reason) = Self.malformed[index]
    if reason.isEmpty { return #expect(try parse([Array(text.utf8)]).isEmpty) }
    for pieces in [[Array(text.utf8)], Array(text.utf8).map { [$0] }] where pieces.count < 1000 {
      let error = #expect(throws: RedisError.self) { try parse(pieces) }
      #expect(error?.kind == .protocolViolation)
      #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }
  }

  @Test func `the elements of all levels together are bounded`() throws {
    var limits = ReplyLimits()
    limits.elements = 10
    #expect(throws: RedisError.self) { try parse([Array("*3\r\n*3\r\n:1\r\n:1\r\n:1\r\n*6\r\n".utf8)], limits) }
    // The count begins anew with each reply.
    let small = Array("*3\r\n*3\r\n:1\r\n:1\r\n:1\r\n*0\r\n:5\r\n".utf8)
    #expect(try parse([small + small + small], limits).count == 3)
  }

  @Test func `the bytes of one reply are bounded`() throws {
    var limits = ReplyLimits()
    limits.replyBytes = 10
    #expect(throws: RedisError.self) { try parse([Array("*2\r\n$6\r\nabcdef\r\n$6\r\nabcdef\r\n".utf8)], limits) }
  }

  @Test func `after an error nothing is read any more`() throws {
    let parser = try ReplyParser(limits: ReplyLimits())
    for text in ["?", "+OK\r\n"] {
      #expect(throws: RedisError.self) {
        try Array(text.utf8).withUnsafeBytes {
          try parser.feed($0) { (_) throws(RedisError) in Issue.record("a reply") }
        }
      }
    }
  }

  @Test func `random damage never does more than throw`() throws {
    var random = SplitMix(seed: 42)
    let valid = Self.wellFormed.flatMap { Array($0.0.utf8) }
    let alphabet = Array("*$:+-0123456789\r\n\0x".utf8)
    for _ in 0..<3000 {
      var bytes = valid
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: bytes.indices, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = alphabet.randomElement(using: &random) ?? 0
        case 1: bytes.remove(at: place)
        default: bytes.insert(alphabet.randomElement(using: &random) ?? 0, at: place)
        }
      }
      let cut = Int.random(in: bytes.indices, using: &random)
      _ = try? parse([Array(bytes[..<cut]), Array(bytes[cut...])])
    }
  }

  private func parse(_ pieces: [[UInt8]], _ limits: ReplyLimits = ReplyLimits()) throws -> [RESPValue] {
    let parser = try ReplyParser(limits: limits)
    var replies: [RESPValue] = []
    for piece in pieces {
      try piece.withUnsafeBytes { try parser.feed($0) { (reply) throws(RedisError) in replies.append(reply) } }
    }
    return replies
  }
}
