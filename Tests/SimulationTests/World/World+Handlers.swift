import EventBus

@testable import ExpirationService
@testable import OrdersService
@testable import PaymentsService
@testable import TicketsService

extension World {
  /// Which listener of which service hears of an event.
  func handle(_ event: SimulatedEvent, as group: Participant, done: @escaping (EventOutcome) -> Void) {
    switch (event.payload, group) {
    case (.ticket(let ticket), .orders): orders.learn(ticket, at: event, done: done)
    case (.order(let order), .tickets):
      tickets.apply(reservation(of: event.subject), of: order, at: event, done: done)
    case (.order(let order), .expiration):
      expiration.apply(
        event.subject == .orderCreated ? .schedule(order.expiresAt, trace: "") : .unschedule, at: event, done: done)
    case (.order(let order), .payments): payments.learn(order, at: event, done: done)
    case (.refundRequested(_, let orderID, let attempt), .payments):
      payments.refund(AttemptID(orderID: orderID, number: attempt), at: event, done: done)
    case (.expirationComplete(let orderID), .orders):
      orders.listen(.timeIsOver, to: orderID, at: event, done: done)
    case (.payment(let payment), .orders):
      switch payment {
      case .created(let receipt):
        let trigger = OrderTrigger.paymentCreated(paymentID: receipt.paymentID, attempt: receipt.attempt.number)
        orders.listen(trigger, to: receipt.attempt.orderID, at: event, done: done)
      case .declined(let id, _):
        orders.listen(.paymentDeclined(attempt: id.number), to: id.orderID, at: event, done: done)
      case .abandoned(let id):
        orders.listen(.paymentAbandoned(attempt: id.number), to: id.orderID, at: event, done: done)
      case .reversed(let receipt): reversals.learn(receipt, at: event, done: done)
      }
    default: violate("\(group) has no listener for \(event.subject.rawValue)")
    }
  }

  private func reservation(of subject: Subject) -> ReservationChange {
    switch subject {
    case .orderCreated: .created
    case .orderCompleted: .completed
    default: .cancelled
    }
  }

  /// Applies an event in one commit, where its version is newer than the one that has been seen. Where that guard is
  /// only a look before the commit, or left out, others come between.
  func applyOnce(
    _ event: SimulatedEvent, by group: Participant, seen: @escaping () -> Int64?,
    done: @escaping (EventOutcome) -> Void,
    write: @escaping () -> Void
  ) {
    func isNews() -> Bool { isSabotaged(.olderIsApplied) || seen().map { $0 < event.version } ?? true }
    let wasNews = isNews()
    step { [self] in
      guard isSabotaged(.newestIsNotGuarded) ? wasNews : isNews() else { return done(.duplicate) }
      write()
      bus.applied(event, by: group)
      done(.applied)
    }
  }

  /// Publishing is part of the commit, unless that is left out.
  func publishApart(_ publish: @escaping () -> Void) {
    isSabotaged(.eventApartFromState) ? step(publish) : publish()
  }
}
