import NIOCore
import NIOHPACK
import Testing

@testable import HTTP2
@testable import RPC

@Suite struct WireTests {
  @Test(arguments: [
    ("0n", Duration.zero), ("1n", .nanoseconds(1)), ("5u", .microseconds(5)), ("250m", .milliseconds(250)),
    ("10S", .seconds(10)), ("2M", .seconds(120)), ("3H", .seconds(10_800)), ("00000001S", .seconds(1)),
    ("99999999H", GRPCTimeout.longest), ("99999999S", .seconds(99_999_999)),
  ])
  func `a timeout is decoded`(text: String, duration: Duration) {
    #expect(GRPCTimeout.decode(text) == duration)
  }

  @Test(arguments: ["", "S", "1", "1s", "-1S", "+1S", " 1S", "1 S", "1.5S", "100000000S", "1SS", "١S", "0x1S"])
  func `what is no timeout is refused`(text: String) {
    #expect(GRPCTimeout.decode(text) == nil)
  }

  @Test(arguments: [
    (Duration.zero, "0n"), (.seconds(-5), "0n"), (.seconds(10), "10S"), (.milliseconds(1500), "1500000u"),
    (.nanoseconds(99_999_999), "99999999n"), (.nanoseconds(100_000_000), "100000u"),
    (.nanoseconds(1_000_000_001), "1000001u"), (.seconds(99_999_999), "99999999S"),
    (.seconds(100_000_000), "27778H"), (.seconds(Int64.max), "99999999H"),
  ])
  func `a timeout is encoded in eight digits, rounded up`(duration: Duration, text: String) {
    #expect(GRPCTimeout.encode(duration) == text)
  }

  @Test(arguments: [
    ("plain text", "plain text"), ("100 %", "100 %25"), ("a\r\nb", "a%0D%0Ab"), ("ü", "%C3%BC"), ("😀", "%F0%9F%98%80"),
    ("\u{7f}", "%7F"), ("", ""), (" a b ", "%20a b%20"), (" ", "%20"),
  ])
  func `a message is percent-encoded and comes back`(text: String, encoded: String) {
    #expect(PercentEncoding.encode(text) == encoded)
    #expect(PercentEncoding.decode(encoded) == text)
  }

  @Test(arguments: [("%", "%"), ("%4", "%4"), ("%zz", "%zz"), ("a%41", "aA"), ("%C3", "\u{FFFD}"), ("%%41", "%A")])
  func `a damaged encoding is read as far as it goes`(encoded: String, text: String) {
    #expect(PercentEncoding.decode(encoded) == text)
  }

  @Test func `a long message is cut between characters`() {
    #expect(PercentEncoding.encode("aüü", limit: 8) == "a%C3%BC")
    #expect(PercentEncoding.encode("aaa b", limit: 4) == "aaa")
    #expect(PercentEncoding.encode(String(repeating: "x", count: 100), limit: 10).utf8.count == 10)
  }

  @Test func `messages are cut out of any slicing of the bytes`() throws {
    var stream = ByteBuffer()
    for text in ["", "a", "hello"] {
      stream.writeBytes([0, 0, 0, 0, UInt8(text.utf8.count)])
      stream.writeString(text)
    }
    for size in 1...stream.readableBytes {
      var reader = MessageReader(limit: 10)
      var rest = stream
      var found: [String] = []
      while rest.readableBytes > 0, let slice = rest.readSlice(length: min(size, rest.readableBytes)) {
        reader.append(slice)
        while let message = try reader.next() { found.append(String(buffer: message)) }
      }
      #expect(found == ["", "a", "hello"])
      #expect(reader.bufferedBytes == 0)
    }
  }

  @Test func `a bad prefix is refused before its message arrives`() {
    func failure(_ prefix: [UInt8]) -> MessageReader.Failure? {
      var reader = MessageReader(limit: 10)
      reader.append(ByteBuffer(bytes: prefix))
      do {
        _ = try reader.next()
        return nil
      } catch {
        return error
      }
    }
    #expect(failure([0, 0, 0, 0, 11]) == .tooLong(11))
    #expect(failure([0, 255, 255, 255, 255]) == .tooLong(.max))
    #expect(failure([1, 0, 0, 0, 1]) == .compressed)
    #expect(failure([2, 0, 0, 0, 1]) == .invalidFlag(2))
    #expect(failure([0, 0, 0, 0]) == nil)
  }

  @Test func `a request's head is checked`() throws {
    var headers: HPACKHeaders = [
      ":method": "POST", ":scheme": "http", ":path": "/a/b", "content-type": "application/grpc+proto", "te": "trailers",
      "grpc-timeout": "5S", "x-a": "1", "user-agent": "me",
    ]
    let head = try RequestHead(headers)
    #expect(head.path == "/a/b")
    #expect(head.timeout == .seconds(5))
    #expect(head.metadata == ["x-a": "1", "user-agent": "me"])
    headers.replaceOrAdd(name: "grpc-timeout", value: "5x")
    #expect(throws: RequestHead.Refusal.grpc(.internal, "grpc-timeout is malformed.")) { try RequestHead(headers) }
    headers.replaceOrAdd(name: "content-type", value: "application/grpc-web")
    #expect(throws: RequestHead.Refusal.http(status: "415")) { try RequestHead(headers) }
    let get: HPACKHeaders = [":method": "GET", ":scheme": "http", ":path": "/a/b"]
    #expect(throws: RequestHead.Refusal.http(status: "405")) { try RequestHead(get) }
  }

  @Test(arguments: [
    [(":method", "POST"), (":path", "/a"), ("content-type", "application/grpc")],
    [(":method", "POST"), (":scheme", "http"), ("content-type", "application/grpc")],
    [(":scheme", "http"), (":path", "/a")],
    [(":method", "POST"), (":scheme", "http"), (":path", "")],
    [(":method", "POST"), (":scheme", "http"), (":path", "a")],
    [(":method", "POST"), (":scheme", "http"), (":path", "/a"), (":path", "/b")],
    [(":method", "POST"), (":method", "POST"), (":scheme", "http"), (":path", "/a")],
    [(":method", "POST"), (":scheme", "http"), (":path", "/a"), (":status", "200")],
    [(":method", "POST"), (":scheme", "http"), ("a", "b"), (":path", "/a")],
    [(":method", "POST"), (":scheme", "http"), (":path", "/a"), ("Upper", "b")],
    [(":method", "POST"), (":scheme", "http"), (":path", "/a"), ("", "b")],
    [(":method", "POST"), (":scheme", "http"), (":path", "/a"), ("a b", "b")],
    [(":method", "POST"), (":scheme", "http"), (":path", "/a"), ("a", "b\r\nc: d")],
    [(":method", "POST"), (":scheme", "http"), (":path", "/a"), ("a", "b\u{0}")],
    [(":method", "POST"), (":scheme", "http"), (":path", "/a"), ("a", " b")],
    [(":method", "POST"), (":scheme", "http"), (":path", "/a"), ("te", "gzip")],
    [(":method", "POST"), (":scheme", "http"), (":path", "/a"), ("connection", "close")],
    [(":method", "POST"), (":scheme", "http"), (":path", "/a"), ("transfer-encoding", "chunked")],
    [(":method", "POST"), (":scheme", "http"), (":path", "/a"), (":protocol", "x")],
    [(":method", "POST"), (":scheme", "http"), (":path", "/a"), (":authority", "a"), (":authority", "a")],
    [(":method", "POST"), (":scheme", "http"), (":path", "/a b")],
    [(":method", "POST"), (":scheme", "http"), (":path", "/a"), ("a", "b\u{7f}")],
    [(":method", "POST"), (":scheme", "http"), (":path", "/a"), ("a", "b\t")],
    [(":method", "POST"), (":scheme", "http"), (":path", "/a"), ("keep-alive", "1")],
    [(":method", "POST"), (":scheme", "http"), (":path", "/a"), ("proxy-connection", "close")],
    [(":method", "POST"), (":scheme", "http"), (":path", "/a"), ("upgrade", "h2c")],
    [(":method", "POST"), (":scheme", "http"), (":path", "/a"), ("content-length", "-1")],
    [(":method", "POST"), (":scheme", "http"), (":path", "/a"), ("content-length", "+1")],
    [(":method", "POST"), (":scheme", "http"), (":path", "/a"), ("content-length", "")],
    [(":method", "POST"), (":scheme", "http"), (":path", "/a"), ("content-length", "9999999999999999999")],
    [(":method", "POST"), (":scheme", "http"), (":path", "/a"), ("content-length", "1"), ("content-length", "2")],
  ])
  func `a head that HTTP2 forbids is malformed`(fields: [(String, String)]) {
    let headers = HPACKHeaders(fields)
    #expect(throws: RequestHead.Refusal.malformed) { try RequestHead(headers) }
  }

  @Test(arguments: [
    [("content-type", "application/grpc")],
    [(":status", "200"), (":status", "200")],
    [(":status", "200"), (":path", "/a")],
    [("a", "b"), (":status", "200")],
    [(":status", "20")],
    [(":status", "+20")],
    [(":status", "103")],
    [(":status", "200"), ("Upper", "b")],
    [(":status", "200"), ("a", "b\r\nc: d")],
    [(":status", "200"), ("connection", "close")],
  ])
  func `an answer that HTTP2 forbids is malformed`(fields: [(String, String)]) {
    #expect(!FieldSyntax.isResponseHead(HPACKHeaders(fields), endStream: true))
  }

  @Test func `an answer's head and trailers are checked`() {
    #expect(FieldSyntax.isResponseHead([":status": "200", "content-type": "application/grpc"], endStream: false))
    #expect(FieldSyntax.isResponseHead([":status": "103", "link": "</a>"], endStream: false))
    #expect(FieldSyntax.isTrailers(["grpc-status": "0", "x-a": ""]))
    #expect(!FieldSyntax.isTrailers(["grpc-status": "0", ":status": "200"]))
    #expect(!FieldSyntax.isTrailers(["grpc-status": "0", "upgrade": "h2c"]))
  }

  @Test(arguments: [
    ("400", StatusCode.internal), ("401", .unauthenticated), ("403", .permissionDenied), ("404", .unimplemented),
    ("429", .unavailable), ("502", .unavailable), ("503", .unavailable), ("504", .unavailable), ("500", .unknown),
    ("200", .unknown), ("", .unknown),
  ])
  func `an answer that is not gRPC is mapped by its HTTP status`(status: String, code: StatusCode) throws {
    let error = #expect(throws: RPCError.self) {
      try ResponseHead.check([":status": status, "content-type": "text/html"], isTrailersOnly: false)
    }
    #expect(error?.code == code)
  }

  @Test func `a status comes back from its trailers`() throws {
    let sent = RPCError(
      .resourceExhausted, "zu viel: 100 %", reason: "RATE_LIMIT",
      violations: [.init(field: "a b", message: "x y\n"), .init(field: "", message: "")], retryAfter: .seconds(3))
    var headers = HPACKHeaders()
    StatusTrailers.append(sent, to: &headers)
    let received = try #require(try StatusTrailers.decode(headers))
    #expect(received.code == sent.code)
    #expect(received.message == sent.message)
    #expect(received.reason == sent.reason)
    #expect(received.violations == sent.violations)
    #expect(received.retryAfter == sent.retryAfter)
  }

  @Test func `trailers stay within what a peer takes`() {
    let long = String(repeating: "ü", count: 100_000)
    let error = RPCError(
      .internal, long, reason: long,
      violations: (0..<1000).map { .init(field: "field\($0)", message: long) })
    var headers = HPACKHeaders()
    StatusTrailers.append(error, to: &headers)
    var metadata = Metadata()
    for number in 0..<1000 { metadata.add("name-\(number)", String(repeating: "v", count: 100)) }
    StatusTrailers.append(metadata, to: &headers)
    let size = headers.reduce(0) { $0 + HeaderFields.size($1.name, $1.value) }
    #expect(size < HTTP2Engine.maximumHeaderListSize)
  }

  @Test func `a status that is none of the sixteen is UNKNOWN`() throws {
    for value in ["17", "-1", "abc", "99999999999999999999", ""] {
      #expect(try StatusTrailers.decode(["grpc-status": value])?.code == .unknown)
    }
    #expect(throws: RPCError.self) { try StatusTrailers.decode([:]) }
  }

  @Test func `metadata that HTTP2 cannot carry is refused`() {
    for name in ["", "a b", "ä", "a:b", ":path", "grpc-timeout", "te", "connection", "host"] {
      #expect(throws: RPCError.self, "\(name)") { try RequestHeaders.check([name: "1"]) }
    }
    for value in ["a\r\nb", "ä", " a", "a ", "\u{0}"] {
      #expect(throws: RPCError.self) { try RequestHeaders.check(["a": value]) }
    }
    let long: Metadata = ["a": String(repeating: "x", count: 13_000)]
    #expect(throws: RPCError.self) { try RequestHeaders.check(long) }
    #expect(throws: Never.self) { try RequestHeaders.check(["a": "b c", "x-bin": "AAA="]) }
  }
}
