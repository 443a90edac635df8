import Money
import RPC
import Testing

@testable import TicketsService

@Suite struct TicketModelTests {
  private let ticket = Ticket(id: "t", title: "Concert", priceCents: 5000, userID: "owner", version: 3)
  private let draft = TicketDraft(title: "Opera", priceCents: 7500)

  @Test func `the owner's edit adds one to the version`() throws {
    let edited = try ticket.edited(draft, by: "owner")
    #expect(edited == Ticket(id: "t", title: "Opera", priceCents: 7500, userID: "owner", version: 4, editVersion: 4))
  }

  @Test func `an edit that was made from another version is refused`() throws {
    #expect(try ticket.edited(draft, by: "owner", expecting: 3).version == 4)
    for version in [Int64.min, -1, 2, 4, .max] {
      #expect(throws: TicketError.outdated(version: 3)) {
        try ticket.edited(draft, by: "owner", expecting: version)
      }
    }
    #expect(throws: TicketError.notOwner) { try ticket.edited(draft, by: "other", expecting: 2) }
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
  private func mark(_ reservation: Int64, _ version: Int64) -> OrderMark {
    OrderMark(reservation: reservation, version: version)
  }

  private func ticket(_ order: String?, isSold: Bool = false, version: Int64, heard: OrderMark?) -> Ticket {
    Ticket(
      id: "t", title: "Concert", priceCents: 5000, userID: "owner", orderID: order, isSold: isSold, version: version,
      heard: heard)
  }

  @Test func `an order's event makes the ticket what it tells, and a new version where another holds it`() throws {
    let free = ticket(nil, version: 3, heard: nil)
    let held = ticket("o", version: 4, heard: mark(1, 0))
    #expect(try ReservationChange.created.applied(to: free, order: "o", mark: mark(1, 0)) == held)
    #expect(
      try ReservationChange.cancelled.applied(to: held, order: "o", mark: mark(1, 1))
        == ticket(nil, version: 5, heard: mark(1, 1)))
    #expect(
      try ReservationChange.completed.applied(to: held, order: "o", mark: mark(1, 1))
        == ticket("o", isSold: true, version: 4, heard: mark(1, 1)))
  }

  @Test func `what is no later than what was heard changes nothing`() throws {
    let held = ticket("o", version: 4, heard: mark(2, 0))
    for earlier in [mark(2, 0), mark(1, 1), mark(1, 0), mark(0, .max), mark(.min, .max)] {
      for change in [ReservationChange.created, .cancelled, .completed] {
        #expect(try change.applied(to: held, order: "x", mark: earlier) == nil)
      }
    }
  }

  @Test func `nothing is waited for`() throws {
    let held = ticket("o", version: 4, heard: mark(1, 0))
    #expect(
      try ReservationChange.created.applied(to: held, order: "x", mark: mark(2, 0))
        == ticket("x", version: 5, heard: mark(2, 0)))
    #expect(
      try ReservationChange.cancelled.applied(to: held, order: "x", mark: mark(7, 1))
        == ticket(nil, version: 5, heard: mark(7, 1)))
    let free = ticket(nil, version: 3, heard: nil)
    #expect(
      try ReservationChange.cancelled.applied(to: free, order: "x", mark: mark(2, 1))
        == ticket(nil, version: 3, heard: mark(2, 1)))
    #expect(
      try ReservationChange.completed.applied(to: free, order: "x", mark: mark(2, 1))
        == ticket("x", isSold: true, version: 4, heard: mark(2, 1)))
  }

  @Test func `a version at the end of its range is refused, not wrapped`() {
    let last = ticket(nil, version: .max, heard: nil)
    #expect(throws: TicketError.versionExhausted) {
      try ReservationChange.created.applied(to: last, order: "o", mark: mark(1, 0))
    }
  }
}

@Suite struct TicketDraftTests {
  @Test(arguments: [
    ("  Concert \n", "Concert"), ("x", "x"), (String(repeating: "é", count: 200), String(repeating: "é", count: 200)),
    ("<script>alert(1)</script>", "<script>alert(1)</script>"),
  ])
  func `a title is trimmed`(text: String, title: String) throws {
    #expect(try TicketDraft.validated(title: text, priceCents: 50, PriceLimits(.usd)).title == title)
  }

  @Test(arguments: [
    "", "   ", "\r\n", String(repeating: "x", count: 201), "a\u{0}b", "a\r\nb", "a\u{1b}[31m",
    "e" + String(repeating: "\u{301}", count: 2000),
  ])
  func `a title out of bounds is named`(title: String) {
    #expect(problems(title: title, priceCents: 50) == ["title"])
  }

  @Test(arguments: [Int64.min, -1, 0, 49, 100_000_000, .max])
  func `a price out of bounds is named`(cents: Int64) {
    #expect(problems(title: "Concert", priceCents: cents) == ["price"])
  }

  @Test func `every field that breaks a rule is named`() {
    #expect(problems(title: "", priceCents: 0) == ["title", "price"])
  }

  private func problems(title: String, priceCents: Int64) -> [String] {
    do {
      _ = try TicketDraft.validated(title: title, priceCents: priceCents, PriceLimits(.usd))
      return []
    } catch {
      return error.problems.map(\.field)
    }
  }
}
