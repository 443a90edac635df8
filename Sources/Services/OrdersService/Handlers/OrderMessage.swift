import TicketingProto

// An order as callers see it.

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
