import Identifiers

@testable import OrdersService
@testable import PaymentsService
@testable import TicketsService

extension World {
  /// One seller, a few tickets, and buyers who do anything at any time.
  func users() {
    let tickets = (1...within(1...2)).map { "t\($0)" }
    for ticket in tickets {
      after(0...1_000) { self.tickets.sell(ticket, for: 1_000 + self.within(0...9)) }
      for _ in 0..<within(0...3) { after(Self.activity) { self.tickets.edit(ticket, to: 2_000 + self.within(0...99)) } }
    }
    // Now and then all come at once.
    let times = one(of: [Self.activity, Self.activity, 40_000...44_000])
    for buyer in 1...within(2...4) {
      for _ in 0..<within(1...3) { after(times) { self.buy(self.one(of: tickets), as: "buyer\(buyer)") } }
    }
  }

  private func buy(_ ticket: String, as buyer: String) {
    orders.create(ticket, for: buyer) { [self] order in
      for _ in 0..<within(0...3) {
        // Clicked twice, or near the end of the time.
        let delay: ClosedRange<Int64> = one(of: [0...500, 0...20_000, 17_000...23_000, 0...60_000])
        after(delay) { self.act(on: order, as: buyer) }
      }
    }
  }

  private func act(on order: String, as buyer: String) {
    if chance(0.2) { return orders.apply(.cancel(by: buyer), to: order) { _ in } }
    let card = one(of: SimulatedStripe.cards)
    payments.pay(order, by: buyer, with: card)
    // Clicked twice; or again and again, with another card, while the outcome is long in coming.
    if chance(0.2) { after(0...300) { self.payments.pay(order, by: buyer, with: self.one(of: SimulatedStripe.cards)) } }
    for _ in 0..<(chance(0.3) ? 3 : 0) {
      after(2_000...45_000) { self.payments.pay(order, by: buyer, with: self.one(of: SimulatedStripe.cards)) }
    }
  }
}
