import EventBus
import RPC
import TicketingProto

extension Subject {
  /// What `data` is.
  var message: any RPCMessage.Type {
    switch self {
    case .ticketCreated: TicketsV1.TicketCreated.self
    case .ticketUpdated: TicketsV1.TicketUpdated.self
    case .orderCreated: OrdersV1.OrderCreated.self
    case .orderCancelled: OrdersV1.OrderCancelled.self
    case .orderCompleted: OrdersV1.OrderCompleted.self
    case .refundRequested: OrdersV1.RefundRequested.self
    case .expirationComplete: ExpirationV1.ExpirationComplete.self
    case .paymentCreated: PaymentsV1.PaymentCreated.self
    case .paymentDeclined: PaymentsV1.PaymentDeclined.self
    case .paymentAbandoned: PaymentsV1.PaymentAbandoned.self
    case .paymentReversed: PaymentsV1.PaymentReversed.self
    }
  }
}
