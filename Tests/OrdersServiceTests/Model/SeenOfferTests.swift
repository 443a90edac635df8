import Testing

@testable import OrdersService

@Suite struct SeenOfferTests {
  /// Edited at version 4, and reserved and freed since.
  private let ticket = OfferedTicket(
    id: "t", title: "Concert", priceCents: 5000, userID: "seller", version: 6, editVersion: 4)

  @Test(
    arguments: [
      (SeenOffer(), .agreed), (SeenOffer(priceCents: 5000), .agreed), (SeenOffer(priceCents: 4999), .changed),
      (SeenOffer(priceCents: -1), .changed), (SeenOffer(version: 6), .agreed), (SeenOffer(version: 4), .agreed),
      (SeenOffer(version: 3), .changed), (SeenOffer(version: -1), .changed), (SeenOffer(version: 7), .notHeardOf),
      (SeenOffer(priceCents: 5000, version: 4), .agreed), (SeenOffer(priceCents: 5000, version: 3), .changed),
      (SeenOffer(priceCents: 100, version: 6), .changed), (SeenOffer(priceCents: 100, version: 7), .notHeardOf),
      (SeenOffer(version: .max), .notHeardOf), (SeenOffer(version: .min), .changed),
    ] as [(SeenOffer, SeenOffer.Verdict)])
  func `what was seen is held against what is known`(seen: SeenOffer, verdict: SeenOffer.Verdict) {
    #expect(seen.verdict(on: ticket) == verdict)
  }

  @Test func `each refusal says what a buyer must know`() {
    #expect(throws: OrderError.ownTicket) { try ticket.checkSale(to: "seller", asSeen: SeenOffer()) }
    #expect(throws: OrderError.priceChanged(priceCents: 5000, version: 6)) {
      try ticket.checkSale(to: "buyer", asSeen: SeenOffer(priceCents: 1))
    }
    #expect(throws: OrderError.ticketTooNew) { try ticket.checkSale(to: "buyer", asSeen: SeenOffer(version: 9)) }
  }
}
