import EventBus
import EventMessages
import Identifiers
import TicketingProto

// Orders as the others hear of them.

extension OrdersV1.OrderCreated {
  init(_ order: Order) {
    self.init(
      id: order.id, userID: order.userID, expiresAtTime: order.expiresAt.milliseconds,
      ticket: OrdersV1.OrderTicket(order), version: order.version)
  }
}

extension Event {
  /// nil: nobody hears of this change.
  init?(_ change: OrderChange, at now: UnixTime, trace: String) throws {
    let order = change.order
    switch change.publication {
    case .nothing: return nil
    case .cancelled(let reason):
      try self.init(
        OrdersV1.OrderCancelled(
          id: order.id, ticketID: order.ticketID, reason: OrdersV1.CancellationReason(reason), version: order.version,
          userID: order.userID, priceCents: order.priceCents, reservation: order.reservation),
        at: now, trace: trace)
    case .completed(let paymentID):
      try self.init(
        OrdersV1.OrderCompleted(
          id: order.id, ticketID: order.ticketID, paymentID: paymentID, version: order.version,
          reservation: order.reservation),
        at: now, trace: trace)
    case .refundRequested(let paymentID, let attempt):
      try self.init(
        OrdersV1.RefundRequested(paymentID: paymentID, orderID: order.id, attempt: attempt), at: now, trace: trace)
    }
  }
}

extension OrdersV1.OrderTicket {
  init(_ order: Order) {
    self.init(
      id: order.ticketID, title: order.title, priceCents: order.priceCents, reservation: order.reservation)
  }
}

extension OrdersV1.CancellationReason {
  init(_ reason: CancellationReason) {
    self =
      switch reason {
      case .byOwner: .byOwner
      case .expired: .expired
      case .paymentAbandoned: .paymentAbandoned
      }
  }
}
