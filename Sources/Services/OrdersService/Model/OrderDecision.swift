/// What becomes of an order at a trigger.
enum OrderDecision: Sendable, Hashable {
  case change(OrderChange)
  /// It is so already, or the trigger has been overtaken.
  case nothing
  /// The time that the trigger tells of has not come yet by this clock: ask again later.
  case tooEarly
  case refused(OrderError)
}

/// A step of an order, to be written whole where the order is still as it was before, or not at all.
struct OrderChange: Sendable, Hashable {
  /// What it was decided from: `status` and `attempt` guard the write.
  let before: Order
  let order: Order
  /// What it was decided from besides: guards the write by the store's clock.
  var condition: TimeCondition = .always
  var publication: OrderPublication = .nothing

  var changesStatus: Bool { before.status != order.status }
  /// The ticket's live pointer goes, where it is this order. That of a complete order stays for ever.
  var freesTicket: Bool { changesStatus && order.status == .cancelled }
  /// It leaves the set of orders whose time may run out.
  var closes: Bool { changesStatus && order.status.isFinal }
  /// The payment with which this change deals: a payment that was given back is dealt with, and the change must not be
  /// written any more.
  var payment: String? {
    switch publication {
    case .completed(let paymentID), .refundRequested(let paymentID, _): paymentID
    case .nothing, .cancelled: nil
    }
  }
}

/// How the order's `expiresAt` lies to the moment of the write.
enum TimeCondition: Sendable, Hashable {
  case always
  case beforeExpiry
  case atOrAfterExpiry
}

/// The event that goes with a change.
enum OrderPublication: Sendable, Hashable {
  case nothing
  case cancelled(CancellationReason)
  case completed(paymentID: String)
  /// Once per payment.
  case refundRequested(paymentID: String, attempt: Int64)
}
