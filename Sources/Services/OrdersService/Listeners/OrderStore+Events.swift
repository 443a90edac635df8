import EventBus
import Identifiers

extension OrderStore {
  /// By how much a timer may go off too early, because the clocks of two servers differ, and still be waited for.
  /// Beyond that the sweeper ends the order in its time.
  private static let patience: Duration = .seconds(5)

  /// Throws `UnknownOrder`: such an event becomes a dead letter that people see.
  func apply(_ trigger: OrderTrigger, to orderID: String, _ header: EventHeader) async throws
    -> EventOutcome
  {
    guard let id = ULID(orderID), let outcome = try await apply(trigger, to: id, trace: header.trace) else {
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
