import Identifiers

@testable import OrdersService

extension Order {
  static let expiry = UnixTime(milliseconds: 1_000_000)

  /// An order of `buyer` for 5000 cents that expires at `expiry`.
  static func sample(
    _ status: OrderStatus, attempt: Int64 = 0, version: Int64? = nil, isOverdue: Bool = false
  ) -> Order {
    Order(
      id: "order", userID: "buyer", ticketID: "ticket", title: "Concert", priceCents: 5000, expiresAt: expiry,
      createdAt: UnixTime(milliseconds: 100_000), status: status, attempt: attempt,
      version: version ?? (status.isFinal ? 1 : 0), isOverdue: isOverdue,
      paymentID: status == .complete ? "paid" : nil, reason: status == .cancelled ? .byOwner : nil)
  }
}

extension UnixTime {
  static let early = UnixTime(milliseconds: Order.expiry.milliseconds - 1)
  static let late = Order.expiry
}
