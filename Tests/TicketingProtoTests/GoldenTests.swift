import Foundation
import RPC
import Testing
import TicketingProto

/// Compares with what protoc's own `--encode` makes of the texts in `Golden/`.
@Suite struct GoldenTests {
  @Test func `a ticket has the bytes that protoc gives it`() throws {
    try check("get_ticket_response", TicketsV1.GetTicketResponse.golden)
  }

  @Test func `a page of tickets has the bytes that protoc gives it`() throws {
    try check(
      "list_tickets_response",
      TicketsV1.ListTicketsResponse(
        tickets: [
          TicketsV1.Ticket(id: "a", title: "First", priceCents: 100_000_000, userID: "u", version: 1),
          TicketsV1.Ticket(),
          TicketsV1.Ticket(id: "c", title: "Third", priceCents: 1, userID: "u", orderID: "o", version: .max),
        ],
        nextPageToken: "c"))
  }

  @Test func `an event has the bytes that protoc gives it`() throws {
    try check(
      "ticket_updated",
      TicketsV1.TicketUpdated(
        id: "t", title: "Concert", priceCents: 2000, userID: "u", orderID: "o", version: 1))
  }

  @Test func `a session has the bytes that protoc gives it`() throws {
    try check(
      "sign_up_response",
      AuthV1.SignUpResponse(
        user: AuthV1.User(id: "u", email: "zoe@example.com"),
        session: AuthV1.Session(token: "a.b.c", issuedTime: 1_700_000_000, expiryTime: 1_700_003_600)))
  }

  @Test func `a health status has the bytes that protoc gives it`() throws {
    try check("health_check_response", HealthV1.HealthCheckResponse(status: .serviceUnknown))
  }

  @Test func `every kind of field has the bytes that protoc gives it`() throws {
    try check("all_kinds", TestV1.AllKinds.golden)
  }

  @Test func `the smallest and largest numbers have the bytes that protoc gives them`() throws {
    try check("all_kinds_extremes", TestV1.AllKinds.extremes)
  }

  @Test func `names that are keywords elsewhere reach their fields`() throws {
    try check(
      "keywords",
      TestV1.Keywords(
        class: "1", self_: "2", init_: "3", base: "4", default: "5", in: "6", Type_: "7", protocol: "8",
        repeat: ["9"], int: 10, hashValue_: true, userID: "12", deprecatedNumber: 13, case: .return("15")))
  }

  private func check<Message: RPCMessage & Equatable>(_ name: String, _ message: Message) throws {
    let golden = try goldenBytes(name)
    #expect(try decoded(golden, as: Message.self) == message)
    #expect(try encoded(message) == golden)
  }
}

/// The bytes of `Golden/<name>.binpb`, which `Golden/encode` makes.
func goldenBytes(_ name: String) throws -> [UInt8] {
  let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
  return [UInt8](try Data(contentsOf: folder.appending(path: name + ".binpb")))
}
