import Identifiers
import Testing

@testable import PaymentsService

@Suite struct PayableOrderTests {
  private let order = PayableOrder(id: "01ARZ3NDEKTSV4RRFFQ69G5FAV", userID: "buyer", priceCents: 5000)

  private func paying(_ order: PayableOrder, by userID: String = "buyer") throws -> PayableOrder.Decision {
    try order.paying(
      with: CardToken("tok_visa"), by: userID, paymentID: "payment", now: Attempt.start, hold: .seconds(600))
  }

  @Test func `the first attempt has the order's price and number one`() throws {
    guard case .begin(let attempt) = try paying(order) else { Issue.record("no attempt"); return }
    #expect(attempt.id.number == 1 && attempt.amountCents == 5000 && attempt.userID == "buyer")
    #expect(attempt.giveUpAt == Attempt.late && attempt.status == .pending)
  }

  @Test func `beside an attempt whose money may be there, or has to go back, no other begins`() {
    var order = order
    order.attempt = 1
    order.attemptStatus = .abandoned
    #expect(throws: PaymentError.abandoned) { try paying(order) }
    order.attemptStatus = .unsettled
    #expect(throws: PaymentError.abandoned) { try paying(order) }
    order.attemptStatus = .refunding
    #expect(throws: PaymentError.refunded) { try paying(order) }
  }

  @Test(arguments: Attempt.Status.allCases.filter { ![.abandoned, .refunding, .unsettled].contains($0) })
  func `only one that is pending or has succeeded is joined`(status: Attempt.Status) throws {
    var order = order
    order.attempt = 3
    order.attemptStatus = status
    switch try paying(order) {
    case .join(let id): #expect(id.number == 3 && (status == .pending || status == .succeeded))
    case .begin(let attempt): #expect(attempt.id.number == 4 && status != .pending && status != .succeeded)
    }
  }

  @Test func `another user's order is not paid, and a cancelled one neither`() throws {
    #expect(throws: PaymentError.notOwner) { try paying(order, by: "other") }
    var cancelled = order
    cancelled.status = .cancelled
    #expect(throws: PaymentError.orderCancelled) { try paying(cancelled) }
    // A payment that is under way is answered for all the same.
    cancelled.attempt = 1
    cancelled.attemptStatus = .pending
    #expect(try paying(cancelled) == .join(AttemptID(orderID: cancelled.id, number: 1)))
  }

  @Test func `a number at the end of its range is refused, not wrapped`() {
    var order = order
    order.attempt = .max
    #expect(throws: PaymentError.attemptsExhausted) { try paying(order) }
  }
}

@Suite struct CardTokenTests {
  @Test(arguments: ["tok_visa", "pm_card_visa", "card_1N", "tok_" + String(repeating: "x", count: 251)])
  func `what the processor gives out is a token, and is not shown`(text: String) {
    #expect(CardToken(text)?.value == text)
    #expect(CardToken(text).map { "\($0) \(String(reflecting: $0))".contains(text) } == false)
  }

  @Test(arguments: [
    "", "tok_", "visa", "tok_a b", "tok_a\r\n", "tok_é", "src_visa", " tok_visa", "tok_a/../b", "TOK_visa",
    "tok_" + String(repeating: "x", count: 252), "tok_a\u{0}",
  ])
  func `anything else is none`(text: String) { #expect(CardToken(text) == nil) }
}

@Suite struct AttemptIDTests {
  @Test func `it is written and read`() {
    let id = AttemptID(orderID: "01ARZ3NDEKTSV4RRFFQ69G5FAV", number: 12)
    #expect(AttemptID(id.description) == id)
  }

  @Test(arguments: [
    "", ":", "x:1", "01ARZ3NDEKTSV4RRFFQ69G5FAV:0", "01ARZ3NDEKTSV4RRFFQ69G5FAV:-1",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV:9223372036854775808", "01ARZ3NDEKTSV4RRFFQ69G5FAV",
  ])
  func `anything else is none`(text: String) { #expect(AttemptID(text) == nil) }
}
