@testable import OrdersService
@testable import PaymentsService
@testable import TicketsService

extension World {
  /// What must be so when everything has come to rest. What must be so at every moment is checked where it is written.
  func checkAtTheEnd() {
    if !bus.isIdle { violate("an event was never acknowledged") }
    for order in orders.orders.values.sorted(by: { $0.id < $1.id }) { check(order) }
    for ticket in tickets.tickets.values.sorted(by: { $0.id < $1.id }) {
      if ticket.orderID != orders.live[ticket.id] {
        violate("\(ticket.id) is held by \(ticket.orderID ?? "nobody"), not by \(orders.live[ticket.id] ?? "nobody")")
      }
      if ticket.isSold != (orders.live[ticket.id].map { orders.orders[$0]?.status } == .complete) {
        violate("\(ticket.id) is \(ticket.isSold ? "sold" : "not sold"), its order is another way")
      }
      if orders.offered[ticket.id]?.version != ticket.version { violate("orders knows an old \(ticket.id)") }
      if orders.offered[ticket.id]?.priceCents != ticket.priceCents { violate("orders knows a wrong \(ticket.id)") }
    }
    for attempt in payments.attempts.values.sorted(by: { "\($0.id)" < "\($1.id)" }) where attempt.isOpen {
      violate("\(attempt.id) is \(attempt.status) for ever")
    }
    if !expiration.due.isEmpty { violate("timers are left: \(expiration.due.keys.sorted())") }
    checkIDs()
    checkMoney()
  }

  /// One intent of the processor belongs to one attempt.
  private func checkIDs() {
    let ids = payments.attempts.values.compactMap(\.stripeID).sorted()
    for (id, next) in zip(ids, ids.dropFirst()) where id == next { violate("\(id) belongs to two attempts") }
  }

  private func check(_ order: Order) {
    if !order.status.isFinal { violate("\(order.id) stays \(order.status)") }
    let charged = stripe.intents.values.filter { $0.attempt.orderID == order.id && $0.charges > $0.refunds }
    guard order.status == .complete else {
      if !charged.isEmpty { violate("\(order.id) is \(order.status) and charged") }
      return
    }
    let attempt = AttemptID(orderID: order.id, number: order.attempt)
    let note = reversals.notes[order.id].flatMap { $0.attempt == order.attempt ? $0.reversal : nil } ?? .none
    if note.rawValue != payments.attempts[attempt]?.reversal.rawValue {
      violate("\(order.id) says \(note), its payment is another way")
    }
    let isBack = isRefundedByHand(attempt)
    if isBack != (note == .refunded) { violate("\(order.id) says \(note), the processor says otherwise") }
    if charged.count != (isBack ? 0 : 1) || (!isBack && charged.first?.attempt != attempt) {
      violate("\(order.id) is complete with \(charged.count) charges")
    }
    if payments.attempts[attempt]?.status != .succeeded || payments.attempts[attempt]?.paymentID != order.paymentID {
      violate("\(order.id) is complete, \(attempt) is \(String(describing: payments.attempts[attempt]?.status))")
    }
  }

  /// Charges − refunds = the sum of the complete orders.
  private func checkMoney() {
    for (id, intent) in stripe.intents.sorted(by: { $0.key < $1.key })
    where intent.charges > 1 || intent.refunds > intent.charges {
      violate("\(id) of \(intent.attempt) was charged \(intent.charges) times and refunded \(intent.refunds)")
    }
    let kept = stripe.intents.values.reduce(0) { $0 + Int64($1.charges - $1.refunds) * $1.amountCents }
    let sold = orders.orders.values.filter {
      $0.status == .complete && !isRefundedByHand(AttemptID(orderID: $0.id, number: $0.attempt))
    }.reduce(0) { $0 + $1.priceCents }
    if kept != sold { violate("\(kept) was kept, \(sold) sold") }
  }

  private func isRefundedByHand(_ attempt: AttemptID) -> Bool {
    stripe.intents.values.contains { $0.attempt == attempt && $0.isRefundedByHand && $0.refunds > 0 }
  }
}
