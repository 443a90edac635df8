import NIOCore
import RPC
import Testing

@testable import TicketingProto

@Suite struct MessageSizeTests {
  @Test func `strings and bytes of 1 MiB survive`() throws {
    let message = TestV1.AllKinds(
      stringValue: String(repeating: "ß", count: 1 << 19), bytesValue: [UInt8](repeating: 0xFF, count: 1 << 20),
      strings: [String(repeating: "x", count: 1 << 20)])
    #expect(try decoded(encoded(message), as: TestV1.AllKinds.self) == message)
  }

  @Test func `100,000 elements of each repeated kind survive`() throws {
    let numbers = (0..<100_000).map { Int32(truncatingIfNeeded: $0 &* 40_503) }
    for message in [
      TestV1.AllKinds(int32s: numbers),
      TestV1.AllKinds(unpackedInt32s: numbers),
      TestV1.AllKinds(doubles: numbers.map(Double.init), fixed32s: numbers.map(UInt32.init(truncatingIfNeeded:))),
      TestV1.AllKinds(sint64s: numbers.map(Int64.init), bools: numbers.map { $0 % 2 == 0 }),
      TestV1.AllKinds(colors: numbers.map(TestV1.AllKinds.Color.init)),
      TestV1.AllKinds(strings: numbers.map(String.init)),
      TestV1.AllKinds(byteArrays: numbers.map { [UInt8(truncatingIfNeeded: $0)] }),
      TestV1.AllKinds(nesteds: numbers.map { TestV1.AllKinds.Nested(name: String($0)) }),
    ] {
      #expect(try decoded(encoded(message), as: TestV1.AllKinds.self) == message)
    }
  }

  @Test func `a page of 10,000 tickets survives`() throws {
    let ticket = TicketsV1.Ticket(
      id: "0198c2f4a7d37b6c9e21", title: "Concert", priceCents: 2000, userID: "0198c2f4a7d3", version: 1)
    let page = TicketsV1.ListTicketsResponse(tickets: Array(repeating: ticket, count: 10_000))
    #expect(try decoded(encoded(page), as: TicketsV1.ListTicketsResponse.self) == page)
  }

  @Test func `4 MB of empty messages are refused`() throws {
    let bomb = Array(repeating: Wire.bytes(47, []), count: 1 << 20).flatMap { $0 }
    #expect(
      try refusal(of: bomb, as: TestV1.AllKinds.self)
        == "ticketing.test.v1.AllKinds needs more than 16777216 bytes of memory to decode.")
  }

  @Test(arguments: [1, 7, 14, 44, 45, 48, 61, 66, 900] as [UInt64])
  func `a million occurrences of a small field stay within the limit or are refused`(field: UInt64) throws {
    for part in [Wire.number(field, 1), Wire.bytes(field, [1])] {
      let bytes = Array(repeating: part, count: 1_000_000).flatMap { $0 }
      let reason = try refusal(of: bytes, as: TestV1.AllKinds.self)
      #expect(reason?.contains("needs more than") ?? true)
    }
  }

  @Test func `a message that is too large to send is refused and leaves the buffer alone`() throws {
    var buffer = ByteBuffer(string: "head")
    for size in [MessageLimits.encodedBytes, 40 << 20] {
      #expect(throws: MessageError.self) {
        try TestV1.AllKinds(bytesValue: [UInt8](repeating: 1, count: size)).encode(into: &buffer)
      }
      #expect(throws: MessageError.self) {
        try TestV1.AllKinds(stringValue: String(repeating: "x", count: size)).encode(into: &buffer)
      }
    }
    #expect(buffer == ByteBuffer(string: "head"))
    try TestV1.AllKinds(bytesValue: [UInt8](repeating: 1, count: MessageLimits.encodedBytes - 5)).encode(into: &buffer)
    #expect(buffer.readableBytes == 4 + MessageLimits.encodedBytes)
  }

  @Test func `an arena hands out memory up to its limit and nothing after it`() {
    #expect(allocations([61] + Array(repeating: 61, count: 63) + [1, 0], limit: 4096) == 64)
    #expect(allocations([4095, 1], limit: 4096) == 1)
    #expect(allocations([100_000, 100_000], limit: 200_000) == 2)
    #expect(allocations([-1, 1], limit: 4096) == 0)
    #expect(allocations([.max], limit: 4096) == 0)
  }

  /// How many allocations are answered before the first that is not; each is written to and aligned.
  private func allocations(_ sizes: [Int], limit: Int) -> Int {
    MessageArena.with(limit: limit) { arena in
      var count = 0
      for size in sizes {
        guard let memory = arena.allocate(byteCount: size) else { break }
        #expect(UInt(bitPattern: memory) % 8 == 0)
        memory.initializeMemory(as: UInt8.self, repeating: 0xAA, count: size)
        count += 1
      }
      let isExhausted = arena.isExhausted
      #expect(isExhausted == (count < sizes.count))
      return count
    }
  }
}
