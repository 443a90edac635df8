import EventBus
import EventMessages
import Identifiers
import TicketingProto

extension Listener {
  /// The order says what became of its payment. It stays complete, and nothing is sold again: that, people decide.
  static func paymentReversed(_ store: OrderStore) -> Listener {
    Listener(PaymentsV1.PaymentReversed.self) { event, _ in
      guard let reversal = OrderReversal(event.reversal) else {
        throw MalformedEvent("a reversal that is not known: \(event.reversal.rawValue)")
      }
      let note = ReversalNote(reversal: reversal, attempt: event.attempt, version: event.version)
      guard let id = ULID(event.orderID), let isNew = try await store.note(note, on: id) else {
        throw UnknownOrder(id: event.orderID)
      }
      return isNew ? .applied : .duplicate
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
