import NIOCore
import Testing

@testable import Gateway

@Suite struct `Reading a JSON object` {
  @Test(
    arguments: [
      ("{}", []),
      (" \t\r\n{ } \n", []),
      (#"{"a":"b"}"#, [("a", JSONValue.string("b"))]),
      (
        #"{ "a" : 1 , "b" : true,"c":false , "d":null }"#,
        [
          ("a", .number("1")), ("b", .boolean(true)), ("c", .boolean(false)), ("d", .null),
        ]
      ),
      (
        #"{"a":-0,"b":1e308,"c":0.001,"d":1E+2,"e":10.50}"#,
        [
          ("a", .number("-0")), ("b", .number("1e308")), ("c", .number("0.001")), ("d", .number("1E+2")),
          ("e", .number("10.50")),
        ]
      ),
      (#"{"a":[1,[2,{"b":[]}],{}],"c":{"d":{"d":1}}}"#, [("a", .array), ("c", .object)]),
      (#"{"":"empty name"}"#, [("", .string("empty name"))]),
      (#"{"a":"\"\\\/\b\f\n\r\t"}"#, [("a", .string("\"\\/\u{8}\u{c}\n\r\t"))]),
      (#"{"a":"\u0041\u00e9\u20AC\ud83d\ude00"}"#, [("a", .string("Aé€😀"))]),
      (#"{"a":"é€😀"}"#, [("a", .string("é€😀"))]),
      (#"{"\u0061":"the name is a"}"#, [("a", .string("the name is a"))]),
      (#"{"a":"\u0000"}"#, [("a", .string("\0"))]),
    ] as [(String, [(String, JSONValue)])])
  func `keeps the fields in order`(text: String, expected: [(String, JSONValue)]) throws {
    let object = try JSONReader.readObject(ByteBuffer(string: text))
    #expect(object.fields.map(\.name) == expected.map(\.0))
    #expect(object.fields.map(\.value) == expected.map(\.1))
  }

  @Test(arguments: [
    "", " ", "{", "}", "{}{}", "{} x", "[]", #""a""#, "1", "null", "nul", "{,}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#,
    #"{"a":1"#, #"{"a":1 "b":2}"#, #"{a:1}"#, #"{'a':1}"#, #"{"a":01}"#, #"{"a":+1}"#, #"{"a":.5}"#, #"{"a":5.}"#,
    #"{"a":1e}"#, #"{"a":1e+}"#, #"{"a":-}"#, #"{"a":NaN}"#, #"{"a":Infinity}"#, #"{"a":0x10}"#, #"{"a":1_000}"#,
    #"{"a":tru}"#, #"{"a":True}"#, #"{"a":"b}"#, #"{"a":"\x"}"#, #"{"a":"\u12"}"#, #"{"a":"\u12g4"}"#,
    #"{"a":"\ud800"}"#, #"{"a":"\udc00"}"#, #"{"a":"\ud800\u0041"}"#, #"{"a":"\ud800\ud800"}"#, #"{"a":"\ud800x"}"#,
    "{\"a\":\"line\nfeed\"}", "{\"a\":\"\0\"}", #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, "\u{feff}{}", "{}\0",
    #"{"a":[1,]}"#, #"{"a":[1}"#, #"{"a":{"b":1]}"#, #"{"a":/**/1}"#, #"{"a":"\ud83d\"#,
  ])
  func `refuses what is no JSON object, or not the same for every reader`(text: String) {
    #expect(throws: JSONError.self) { try JSONReader.readObject(ByteBuffer(string: text)) }
  }

  @Test(
    arguments: [
      [0xff], [0xc0, 0xaf], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80],
    ] as [[UInt8]])
  func `refuses bytes that are no UTF-8, in values, names and what is skipped`(bytes: [UInt8]) {
    for (before, after) in [(#"{"a":""#, #""}"#), (#"{""#, #"":1}"#), (#"{"a":[""#, #""]}"#), (#"{"a":"\n"#, #""}"#)] {
      let text = Array(before.utf8) + bytes + Array(after.utf8)
      #expect(throws: JSONError.self) { try JSONReader.readObject(ByteBuffer(bytes: text)) }
    }
  }

  @Test(arguments: [("[", "]"), (#"{"a":"#, "}")])
  func `reads 32 levels and refuses more, be they a hundred thousand`(open: String, close: String) throws {
    func nested(_ depth: Int) -> ByteBuffer {
      let inner = String(repeating: open, count: depth - 1) + "1" + String(repeating: close, count: depth - 1)
      return ByteBuffer(string: #"{"a":"# + inner + "}")
    }
    #expect(try JSONReader.readObject(nested(32)).fields.count == 1)
    for depth in [33, 1000, 100_000] {
      let error = #expect(throws: JSONError.self) { try JSONReader.readObject(nested(depth)) }
      #expect(error?.description.contains("deeper than 32") == true)
    }
    let unclosed = ByteBuffer(string: #"{"a":"# + String(repeating: open, count: 100_000))
    #expect(throws: JSONError.self) { try JSONReader.readObject(unclosed) }
  }

  @Test func `reads long strings and numbers as they are`() throws {
    let digits = String(repeating: "7", count: 100_000)
    let object = try JSONReader.readObject(ByteBuffer(string: #"{"s":"\#(digits)","n":\#(digits)}"#))
    #expect(object["s"] == .string(digits))
    #expect(object["n"] == .number(digits))
  }

  @Test func `refuses more fields than any request has`() {
    let fields = (0..<65).map { #""f\#($0)":1"# }.joined(separator: ",")
    #expect(throws: JSONError.self) { try JSONReader.readObject(ByteBuffer(string: "{\(fields)}")) }
  }

  @Test func `says where it stopped`() {
    let error = #expect(throws: JSONError.self) { try JSONReader.readObject(ByteBuffer(string: #"{"a": x}"#)) }
    #expect(error?.offset == 6)
  }

  @Test func `reads only what is readable of a buffer`() throws {
    var buffer = ByteBuffer(string: #"garbage{"a":1}garbage"#)
    buffer.moveReaderIndex(forwardBy: 7)
    buffer.moveWriterIndex(to: buffer.writerIndex - 7)
    #expect(try JSONReader.readObject(buffer)["a"] == .number("1"))
  }
}
