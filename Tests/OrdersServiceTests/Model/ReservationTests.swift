import Identifiers
import RPC
import Testing

@testable import OrdersService

@Suite struct ReservationTests {
  private let ticket = OfferedTicket(id: "t", title: "Concert", priceCents: 5000, userID: "seller", version: 7)

  @Test func `a reservation keeps title and price, and gives the window's time`() {
    let order = Order.reserving(
      ticket, as: "o", for: "buyer", window: .milliseconds(900_500), at: UnixTime(milliseconds: 1000))
    #expect(order.ticketID == "t" && order.title == "Concert" && order.priceCents == 5000)
    #expect(order.userID == "buyer" && order.status == .created && order.attempt == 0 && order.version == 0)
    #expect(order.createdAt.milliseconds == 1000)
    #expect(order.expiresAt.milliseconds == 901_500)
  }

  @Test(arguments: [Int64.min, 0, 1 << 53, .max])
  func `no time and no window is out of what the store can compare`(now: Int64) {
    for window in [Duration.zero, .seconds(31_536_000), .seconds(Int64.max), .seconds(Int64.min), .milliseconds(-1)] {
      let order = Order.reserving(ticket, as: "o", for: "b", window: window, at: UnixTime(milliseconds: now))
      #expect((0...UnixTime.latest.milliseconds).contains(order.expiresAt.milliseconds))
    }
  }

  @Test func `each refusal has a status and a reason of its own`() {
    let refusals: [OrderError] = [
      .ticketNotFound, .ticketReserved, .priceChanged(priceCents: 1, version: 2), .ownTicket, .ticketTooNew, .notFound,
      .notOwner, .complete, .paymentInProgress, .cancelled, .expired, .amountMismatch, .attemptOver,
      .versionExhausted, .tooManyWatchers,
    ]
    let errors = refusals.map(\.rpcError)
    #expect(Set(errors.map(\.reason)).count == refusals.count)
    #expect(!errors.contains { $0.reason == nil || $0.code == .internal || $0.code == .unknown })
  }
}
