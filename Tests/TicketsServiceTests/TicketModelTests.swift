import RPC
import Testing

@testable import TicketsService

@Suite struct TicketModelTests {
  private let ticket = Ticket(id: "t", title: "Concert", priceCents: 5000, userID: "owner", version: 3)
  private let draft = TicketDraft(title: "Opera", priceCents: 7500)

  @Test func `the owner's edit adds one to the version`() throws {
    let edited = try ticket.edited(draft, by: "owner")
    #expect(edited == Ticket(id: "t", title: "Opera", priceCents: 7500, userID: "owner", version: 4))
  }

  @Test func `nobody else may edit`() {
    #expect(throws: TicketError.notOwner) { try ticket.edited(draft, by: "other") }
  }

  @Test func `a reserved ticket may not be edited`() {
    let reserved = Ticket(id: "t", title: "Concert", priceCents: 5000, userID: "owner", orderID: "o", version: 3)
    #expect(throws: TicketError.reserved) { try reserved.edited(draft, by: "owner") }
  }

  @Test func `a version at the end of its range is refused, not wrapped`() {
    let last = Ticket(id: "t", title: "Concert", priceCents: 5000, userID: "owner", version: .max)
    #expect(throws: TicketError.versionExhausted) { try last.edited(draft, by: "owner") }
  }
}

@Suite struct TicketReservationTests {
  private let free = Ticket(id: "t", title: "Concert", priceCents: 5000, userID: "owner", version: 3)
  private let held = Ticket(id: "t", title: "Concert", priceCents: 5000, userID: "owner", orderID: "o", version: 4)
  private let freed = Ticket(id: "t", title: "Concert", priceCents: 5000, userID: "owner", version: 5)

  @Test func `an order reserves a free ticket, once`() throws {
    #expect(try free.reserved(by: "o") == held)
    #expect(try held.reserved(by: "o") == held)
    #expect(throws: TicketError.reserved) { try held.reserved(by: "other") }
  }

  @Test func `only the order that holds it frees a ticket`() throws {
    #expect(try held.freed(from: "o") == freed)
    #expect(try held.freed(from: "other") == held)
    #expect(try free.freed(from: "o") == free)
  }

  @Test func `a version at the end of its range is refused, not wrapped`() {
    let last = Ticket(id: "t", title: "Concert", priceCents: 5000, userID: "owner", version: .max)
    #expect(throws: TicketError.versionExhausted) { try last.reserved(by: "o") }
  }

  @Test func `order:created reserves when it is the order's first event and the ticket is free`() throws {
    #expect(try effect(.created, 0, seen: nil, on: free) == .apply(held))
    #expect(try effect(.created, 0, seen: 0, on: held) == .leave(.duplicate))
    #expect(try effect(.created, 0, seen: 1, on: free) == .leave(.duplicate))
    #expect(try effect(.created, 1, seen: nil, on: free) == .leave(.gap))
    #expect(try effect(.created, 0, seen: nil, on: nil) == .leave(.gap))
    #expect(try ReservationChange.created.effect(order: "x", version: 0, seen: nil, on: held) == .leave(.gap))
  }

  @Test func `order:cancelled frees what the order holds, and is seen anyway`() throws {
    #expect(try effect(.cancelled, 1, seen: 0, on: held) == .apply(freed))
    #expect(try effect(.cancelled, 1, seen: 0, on: free) == .apply(free))
    #expect(try effect(.cancelled, 1, seen: 1, on: free) == .leave(.duplicate))
    #expect(try effect(.cancelled, 1, seen: nil, on: free) == .leave(.gap))
    #expect(try effect(.cancelled, 1, seen: nil, on: nil) == .leave(.gap))
    #expect(try effect(.cancelled, .max, seen: 0, on: held) == .leave(.gap))
  }

  @Test func `order:completed sells what the order holds, and is seen anyway`() throws {
    let sold = Ticket(
      id: "t", title: "Concert", priceCents: 5000, userID: "owner", orderID: "o", isSold: true, version: 4)
    #expect(try effect(.completed, 1, seen: 0, on: held) == .apply(sold))
    #expect(try effect(.completed, 1, seen: 0, on: free) == .apply(free))
    #expect(try effect(.completed, 1, seen: 1, on: sold) == .leave(.duplicate))
    #expect(try effect(.completed, 1, seen: nil, on: free) == .leave(.gap))
    #expect(try effect(.completed, 1, seen: nil, on: held) == .leave(.gap))
  }

  @Test func `an order that is over before its turn came never gets it`() throws {
    let other = ReservationChange.cancelled
    #expect(try other.effect(order: "x", version: 1, seen: nil, on: held) == .apply(held))
    #expect(try ReservationChange.created.effect(order: "x", version: 0, seen: 1, on: held) == .leave(.duplicate))
    #expect(try other.effect(order: "x", version: 5, seen: nil, on: held) == .leave(.gap))
  }

  private func effect(
    _ change: ReservationChange, _ version: Int64, seen: Int64?, on ticket: Ticket?
  ) throws -> ReservationEffect {
    try change.effect(order: "o", version: version, seen: seen, on: ticket)
  }
}

@Suite struct TicketDraftTests {
  @Test(arguments: [
    ("  Concert \n", "Concert"), ("x", "x"), (String(repeating: "é", count: 200), String(repeating: "é", count: 200)),
    ("<script>alert(1)</script>", "<script>alert(1)</script>"),
  ])
  func `a title is trimmed`(text: String, title: String) throws {
    #expect(try TicketDraft.validated(title: text, priceCents: 1).title == title)
  }

  @Test(arguments: [
    "", "   ", "\r\n", String(repeating: "x", count: 201), "a\u{0}b", "a\r\nb", "a\u{1b}[31m",
    "e" + String(repeating: "\u{301}", count: 2000),
  ])
  func `a title out of bounds is named`(title: String) {
    #expect(violations(title: title, priceCents: 1) == ["title"])
  }

  @Test(arguments: [Int64.min, -1, 0, 100_000_001, .max])
  func `a price out of bounds is named`(cents: Int64) {
    #expect(violations(title: "Concert", priceCents: cents) == ["price"])
  }

  @Test func `every field that breaks a rule is named`() {
    #expect(violations(title: "", priceCents: 0) == ["title", "price"])
  }

  private func violations(title: String, priceCents: Int64) -> [String] {
    do {
      _ = try TicketDraft.validated(title: title, priceCents: priceCents)
      return []
    } catch {
      return (error as? RPCError)?.violations.map(\.field) ?? ["\(error)"]
    }
  }
}
