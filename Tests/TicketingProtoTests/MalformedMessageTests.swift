import RPC
import Testing
import TicketingProto

/// Bytes from outside: an error or a value, never a trap.
@Suite struct MalformedMessageTests {
  @Test(arguments: ["all_kinds", "all_kinds_extremes"])
  func `a message cut at any byte is an error or the fields before the cut`(name: String) throws {
    let golden = try goldenBytes(name)
    var refused = 0
    for length in 0..<golden.count {
      guard try refusal(of: Array(golden.prefix(length)), as: TestV1.AllKinds.self) == nil else {
        refused += 1
        continue
      }
      // A prefix is a message where it ends between two fields; then the rest is one too, and both make the whole.
      let head = try decoded(Array(golden.prefix(length)), as: TestV1.AllKinds.self)
      #expect(try encoded(head).count == length)
    }
    #expect(refused > golden.count / 2)
  }

  @Test func `a ticket cut inside of its only field is refused`() throws {
    let golden = try goldenBytes("get_ticket_response")
    for length in 1..<golden.count {
      let reason = try refusal(of: Array(golden.prefix(length)), as: TicketsV1.GetTicketResponse.self)
      #expect(reason == "\(length) bytes are no ticketing.tickets.v1.GetTicketResponse.")
    }
  }

  @Test(
    arguments: [
      [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x61, 0xE2, 0x82], [0x80],
      [0xF8, 0x88, 0x80, 0x80, 0x80],
    ] as [[UInt8]])
  func `a string that is not UTF-8 is refused by name`(text: [UInt8]) throws {
    for text in [text, Array(repeating: 0x61, count: 40) + text] {
      #expect(
        try refusal(of: Wire.bytes(14, text), as: TestV1.AllKinds.self)
          == "ticketing.test.v1.AllKinds.string_value is not UTF-8.")
      #expect(
        try refusal(of: Wire.bytes(44, text), as: TestV1.AllKinds.self)
          == "ticketing.test.v1.AllKinds.strings is not UTF-8.")
      #expect(
        try refusal(of: Wire.bytes(62, text), as: TestV1.AllKinds.self)
          == "ticketing.test.v1.AllKinds.text is not UTF-8.")
      #expect(
        try refusal(of: Wire.bytes(17, Wire.bytes(1, text)), as: TestV1.AllKinds.self)
          == "ticketing.test.v1.AllKinds.Nested.name is not UTF-8.")
      #expect(try decoded(Wire.bytes(15, text), as: TestV1.AllKinds.self).bytesValue == text)
    }
  }

  @Test(arguments: [14, 15, 17, 33, 43, 44, 47, 62, 66, 1000] as [UInt64])
  func `a length beyond the end is refused, however large`(field: UInt64) throws {
    let lengths: [UInt64] = [1, 5, 127, 128, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1 << 32, 1 << 62, .max]
    for length in lengths {
      let bytes = Wire.tag(field, 2) + Wire.varint(length)
      #expect(try refusal(of: bytes, as: TestV1.AllKinds.self) != nil, "length \(length)")
    }
  }

  @Test func `a field with another wire type is refused`() throws {
    let payloads: [(UInt64, [UInt8])] = [(0, [1]), (1, Array(repeating: 1, count: 8)), (2, [0]), (5, [1, 1, 1, 1])]
    for (wireType, payload) in payloads where wireType != 2 {
      #expect(try refusal(of: Wire.tag(14, wireType) + payload, as: TestV1.AllKinds.self) != nil)
    }
    for (wireType, payload) in payloads where wireType != 0 {
      #expect(try refusal(of: Wire.tag(3, wireType) + payload, as: TestV1.AllKinds.self) != nil)
    }
  }

  @Test func `groups, end tags, field number zero and unknown wire types are refused`() throws {
    for bytes in [Wire.tag(900, 3) + Wire.tag(900, 4), Wire.tag(900, 4), [0x00, 0x00], [0x06], [0x07]] {
      #expect(try refusal(of: bytes, as: TestV1.AllKinds.self) != nil)
    }
  }

  @Test func `a number of more than ten bytes is refused`() throws {
    let endless = [UInt8](repeating: 0xFF, count: 11) + [0x01]
    #expect(try refusal(of: Wire.tag(4, 0) + endless, as: TestV1.AllKinds.self) != nil)
    #expect(try refusal(of: Wire.bytes(34, endless), as: TestV1.AllKinds.self) != nil)
    #expect(try refusal(of: [UInt8](repeating: 0xFF, count: 6), as: TestV1.AllKinds.self) != nil)
  }

  @Test func `nesting that no message has is not followed`() throws {
    var bytes: [UInt8] = []
    for _ in 0..<2_000 { bytes = Wire.bytes(2, bytes) }
    // Field 2 of Deeper is a string: the bytes below are its text.
    #expect(try decoded(Wire.bytes(900, bytes), as: TestV1.AllKinds.self) == TestV1.AllKinds())
    _ = try refusal(of: Wire.bytes(17, bytes), as: TestV1.AllKinds.self)
  }

  @Test func `a field of messages that comes in parts is put together or refused`() throws {
    let parts = Wire.bytes(17, Wire.bytes(1, [0x61])) + Wire.bytes(17, Wire.bytes(2, Wire.number(1, 2)))
    #expect(
      try decoded(parts, as: TestV1.AllKinds.self).nested
        == TestV1.AllKinds.Nested(name: "a", deeper: TestV1.AllKinds.Nested.Deeper(depth: 2)))
  }
}
