/// Something that should not be, and the command that shows it.
package struct Finding: Sendable, Hashable {
  /// Its name for programs: never changed.
  package enum Name: String, Sendable, CaseIterable {
    case recordMalformed = "record-malformed"
    // One live order per ticket.
    case secondLiveOrder = "second-live-order"
    case livePointerMissing = "live-pointer-missing"
    case livePointerStale = "live-pointer-stale"
    // Time to pay.
    case openSetDiffers = "open-set-differs"
    case orderOverdue = "order-overdue"
    case timerMissing = "timer-missing"
    case timerDiffers = "timer-differs"
    case timerOverdue = "timer-overdue"
    case timerWithoutOrder = "timer-without-order"
    // Copies equal what they are copies of.
    case ordersReplicaDiffers = "orders-replica-differs"
    case paymentsReplicaDiffers = "payments-replica-differs"
    case ticketsReplicaDiffers = "tickets-replica-differs"
    case ticketListingDiffers = "ticket-listing-differs"
    case orderNotListed = "order-not-listed"
    case orderInForeignList = "order-in-foreign-list"
    case ticketInForeignList = "ticket-in-foreign-list"
    // State and events agree.
    case versionGap = "version-gap"
    case eventDiffers = "event-differs"
    case eventWithoutEntity = "event-without-entity"
    case eventPublishedTwice = "event-published-twice"
    // Money and tickets.
    case awaitingWithoutAttempt = "awaiting-without-attempt"
    case completeOrderWithoutPayment = "complete-order-without-payment"
    case paymentWithoutOrder = "payment-without-order"
    case completeOrderWithoutCharge = "complete-order-without-charge"
    case chargeWithoutOrder = "charge-without-order"
    case chargedTwice = "charged-twice"
    case chargeDiffers = "charge-differs"
    case paymentUnresolved = "payment-unresolved"
    case paymentForgotten = "payment-forgotten"
    case reversalNotNoted = "reversal-not-noted"
    case intentCountedTwice = "intent-counted-twice"
    case refundNotThrough = "refund-not-through"
    // What carries it all.
    case groupMissing = "group-missing"
    case pendingTooLong = "pending-too-long"
    case unreadTooLong = "unread-too-long"
    case deadLetters = "dead-letters"
    case redisNotDurable = "redis-not-durable"
  }

  package let name: Name
  /// Such as `order 01M85HBNA6GP3XPYP0XAFJKQHY`.
  package let entity: String
  package let expected: String
  package let found: String
  /// For a shell.
  package let command: String
}

extension Finding {
  package func text(_ style: Style) -> String {
    """
    \(style(.red, name.rawValue)) \(style(.bold, entity.printable()))
      expected  \(expected.printable(limit: 500))
      found     \(found.printable(limit: 500))
      look      \(style(.dim, command.printable(limit: 500)))
    """
  }

  package var json: JSON {
    .object([
      "finding": .string(name.rawValue), "entity": .string(entity), "expected": .string(expected),
      "found": .string(found), "command": .string(command),
    ])
  }
}
