import EventBus
import EventMessages
import Identifiers

/// What orders does at the events of others; the files beside this one say it, by what the events are about.
struct OrdersListeners: Sendable {
  let store: OrderStore

  /// By how much a timer may go off too early, because the clocks of two servers differ, and still be waited for.
  /// Beyond that the sweeper ends the order in its time.
  private static let patience: Duration = .seconds(5)

  var all: [Listener] {
    [
      ticketCreated, ticketUpdated, expirationComplete, paymentCreated, paymentDeclined, paymentAbandoned,
      paymentReversed,
    ]
  }

  /// Throws `UnknownOrder`: such an event becomes a dead letter that people see.
  func apply(_ trigger: OrderTrigger, to orderID: String, _ header: EventHeader) async throws -> Application {
    guard let id = ULID(orderID), let outcome = try await store.apply(trigger, to: id, trace: header.trace) else {
      throw UnknownOrder(id: orderID)
    }
    return switch outcome {
    case .changed: .applied
    case .unchanged: .duplicate
    case .tooEarly(let rest): rest <= Self.patience ? .later(rest) : .duplicate
    }
  }
}

/// Payments or expiration tell of what is not here: the store has lost an order.
struct UnknownOrder: Error, CustomStringConvertible {
  let id: String

  var description: String { "there is no order \(id)" }
}
