import EventBus

@testable import OrdersService
@testable import PaymentsService

/// What orders notes of payments whose money has gone back: the fields `reversal…` of `{orders}:order:<id>`.
final class SimulatedReversals {
  private(set) var notes: [String: ReversalNote] = [:]
  private unowned let world: World

  init(_ world: World) { self.world = world }

  /// A listener.
  func learn(_ receipt: PaymentEvent.Receipt, at event: SimulatedEvent, done: @escaping (EventOutcome) -> Void) {
    let orderID = receipt.attempt.orderID
    guard let reversal = OrderReversal(rawValue: receipt.reversal.rawValue) else {
      return world.violate("\(receipt.reversal) is not known to orders")
    }
    let note = ReversalNote(reversal: reversal, attempt: receipt.attempt.number, version: event.version)
    world.step { [self] in
      guard note.isNewer(than: notes[orderID]) || world.isSabotaged(.olderReversalWins) else { return done(.duplicate) }
      notes[orderID] = note
      world.bus.applied(event, by: .orders)
      done(.applied)
    }
  }
}
