import NIOCore
import RPC
import Testing
import TicketingProto

@Suite struct EncodingTests {
  @Test func `a message without fields set has no bytes`() throws {
    #expect(try encoded(TestV1.AllKinds()) == [])
    #expect(try decoded([], as: TestV1.AllKinds.self) == TestV1.AllKinds())
    #expect(try encoded(TestV1.Empty()) == [])
    #expect(try decoded([], as: TestV1.Empty.self) == TestV1.Empty())
  }

  @Test(arguments: [
    TestV1.AllKinds.Choice.number(-5), .number(0), .text("text"), .text(""), .blob([0, 1]), .blob([]), .flag(true),
    .flag(false), .shade(.red), .shade(.unrecognized(99)), .child(.init(name: "c")), .child(.init()), .fraction(0.25),
    .fraction(0), .nothing(.init()),
  ])
  func `each member of a oneof survives, its zero too`(choice: TestV1.AllKinds.Choice) throws {
    let message = TestV1.AllKinds(choice: choice)
    #expect(try decoded(encoded(message), as: TestV1.AllKinds.self) == message)
  }

  @Test func `the last member of a oneof wins`() throws {
    let bytes = Wire.number(61, 5) + Wire.bytes(62, Array("t".utf8)) + Wire.bytes(66, [])
    #expect(try decoded(bytes, as: TestV1.AllKinds.self).choice == .child(.init()))
    #expect(try decoded(bytes + Wire.number(64, 1), as: TestV1.AllKinds.self).choice == .flag(true))
  }

  @Test func `encoding appends to what the buffer holds`() throws {
    var buffer = ByteBuffer(string: "head")
    try TicketsV1.GetTicketResponse.golden.encode(into: &buffer)
    #expect(buffer.readString(length: 4) == "head")
    #expect(try Array(buffer.readableBytesView) == goldenBytes("get_ticket_response"))
  }

  @Test func `packed and unpacked elements of a repeated field are the same and may be mixed`() throws {
    let bytes = Wire.number(33, 1) + Wire.bytes(33, [2, 3]) + Wire.number(33, 4) + Wire.bytes(48, [5, 6])
    let message = try decoded(bytes, as: TestV1.AllKinds.self)
    #expect(message.int32s == [1, 2, 3, 4])
    #expect(message.unpackedInt32s == [5, 6])
  }

  @Test func `the last occurrence of a field wins`() throws {
    let bytes = Wire.bytes(1, Array("a".utf8)) + Wire.bytes(1, Array("b".utf8))
    #expect(try decoded(bytes, as: TicketsV1.GetTicketRequest.self).id == "b")
  }

  @Test func `a number that an enum does not name survives`() throws {
    for number in [99, -99, Int32.max - 1, .min] {
      let message = TestV1.AllKinds(color: .unrecognized(number), colors: [.unrecognized(number), .red])
      let decoded = try decoded(encoded(message), as: TestV1.AllKinds.self)
      #expect(decoded == message)
      #expect(decoded.color.rawValue == number)
    }
  }

  @Test func `two names of one number are one case`() {
    #expect(TestV1.Level.small == .low)
    #expect(TestV1.Level(rawValue: 1) == .low)
  }

  @Test func `fields that this version does not know are passed over`() throws {
    let unknown =
      Wire.number(1000, .max) + Wire.bytes(1001, [1, 2, 3]) + Wire.tag(1002, 1) + [UInt8](repeating: 7, count: 8)
      + Wire.tag(1003, 5) + [1, 2, 3, 4] + Wire.number(536_870_911, 1)
    let bytes = unknown + (try goldenBytes("get_ticket_response")) + unknown
    #expect(try decoded(bytes, as: TicketsV1.GetTicketResponse.self) == .golden)
    #expect(try decoded(unknown, as: TestV1.Empty.self) == TestV1.Empty())
  }

  @Test func `methods carry the names of the proto`() {
    #expect(TicketsV1.TicketsServiceMethods.createTicket.path == "/ticketing.tickets.v1.TicketsService/CreateTicket")
    #expect(HealthV1.HealthMethods.serviceName == "grpc.health.v1.Health")
    #expect(HealthV1.HealthMethods.watch.name == "Watch")
  }
}
