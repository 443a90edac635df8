import EventBus
import TicketingProto

extension OrdersListeners {
  /// The order says what became of its payment. It stays complete, and nothing is sold again: that, people decide.
  var paymentReversed: Listener {
    Listener(.paymentReversed, PaymentsV1.PaymentReversed.self) { event, header in
      try check(header, tellsOf: try validated(event.id).description, version: event.version)
      guard let reversal = OrderReversal(event.reversal), event.attempt > 0, event.version >= 0 else {
        throw MalformedEvent("a reversal that is not known, or of no attempt")
      }
      let note = ReversalNote(reversal: reversal, attempt: event.attempt, version: event.version)
      switch try await store.note(note, on: try validated(event.orderID)) {
      case true?: return .applied
      case false?: return .duplicate
      case nil: return .gap
      }
    }
  }
}

extension OrderReversal {
  /// nil for one that a later version may know.
  fileprivate init?(_ reversal: PaymentsV1.PaymentReversal) {
    switch reversal {
    case .unspecified: self = .none
    case .partlyRefunded: self = .partlyRefunded
    case .refunded: self = .refunded
    case .disputed: self = .disputed
    case .chargedBack: self = .chargedBack
    default: return nil
    }
  }
}
