import EventBus
import Identifiers
import TicketingProto

extension Event {
  init(created order: Order, trace: String) throws {
    try self.init(
      .orderCreated, key: order.id, version: order.version, at: order.createdAt, trace: trace,
      message: OrdersV1.OrderCreated(
        id: order.id, userID: order.userID, expiresAtTime: order.expiresAt.milliseconds,
        ticket: OrdersV1.OrderTicket(order), version: order.version))
  }

  /// nil: nobody hears of this change.
  init?(_ change: OrderChange, at now: UnixTime, trace: String) throws {
    let order = change.order
    switch change.publication {
    case .nothing: return nil
    case .cancelled(let reason):
      try self.init(
        .orderCancelled, key: order.id, version: order.version, at: now, trace: trace,
        message: OrdersV1.OrderCancelled(
          id: order.id, ticketID: order.ticketID, reason: OrdersV1.CancellationReason(reason), version: order.version,
          userID: order.userID, priceCents: order.priceCents, reservation: order.reservation))
    case .completed(let paymentID):
      try self.init(
        .orderCompleted, key: order.id, version: order.version, at: now, trace: trace,
        message: OrdersV1.OrderCompleted(
          id: order.id, ticketID: order.ticketID, paymentID: paymentID, version: order.version,
          reservation: order.reservation))
    case .refundRequested(let paymentID, let attempt):
      // One per payment, so its aggregate never gets beyond the first version.
      try self.init(
        .refundRequested, key: paymentID, version: 0, at: now, trace: trace,
        message: OrdersV1.RefundRequested(paymentID: paymentID, orderID: order.id, attempt: attempt))
    }
  }
}

extension OrdersV1.Order {
  init(_ order: Order) {
    self.init(
      id: order.id, userID: order.userID, status: OrdersV1.OrderStatus(order.status),
      expiresAtTime: order.expiresAt.milliseconds, ticket: OrdersV1.OrderTicket(order), version: order.version,
      paymentID: order.paymentID ?? "",
      cancellationReason: order.reason.map { OrdersV1.CancellationReason($0) } ?? .unspecified,
      reversal: OrdersV1.OrderReversal(order.reversal))
  }
}

extension OrdersV1.OrderReversal {
  fileprivate init(_ reversal: OrderReversal) {
    self =
      switch reversal {
      case .none: .unspecified
      case .partlyRefunded: .partlyRefunded
      case .refunded: .refunded
      case .disputed: .disputed
      case .chargedBack: .chargedBack
      }
  }
}

extension OrdersV1.OrderTicket {
  fileprivate init(_ order: Order) {
    self.init(
      id: order.ticketID, title: order.title, priceCents: order.priceCents, reservation: order.reservation)
  }
}

extension OrdersV1.OrderStatus {
  fileprivate init(_ status: OrderStatus) {
    self =
      switch status {
      case .created: .created
      case .awaitingPayment: .awaitingPayment
      case .complete: .complete
      case .cancelled: .cancelled
      }
  }
}

extension OrdersV1.CancellationReason {
  fileprivate init(_ reason: CancellationReason) {
    self =
      switch reason {
      case .byOwner: .byOwner
      case .expired: .expired
      case .paymentAbandoned: .paymentAbandoned
      }
  }
}
