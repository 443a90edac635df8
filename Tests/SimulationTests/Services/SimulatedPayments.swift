import EventBus
import Identifiers

@testable import OrdersService
@testable import PaymentsService

/// The payments service with its store in memory: requests, events, webhooks and the resolver. What drives an attempt
/// is in another file.
final class SimulatedPayments {
  /// `{payments}:attempt:<orderId>:<n>`
  private(set) var attempts: [AttemptID: Attempt] = [:]
  /// `{payments}:order:<id>`
  private(set) var known: [String: PayableOrder] = [:]
  /// `{payments}:unresolved`, on the world's clock
  private var unresolved: [AttemptID: Int64] = [:]
  private var isResolving = false
  private var made = 0
  unowned let world: World
  let clock: SkewedClock

  /// For so long nobody else takes an attempt up that is being driven.
  private static let lease: Int64 = 25_000

  init(_ world: World) {
    self.world = world
    clock = SkewedClock(world)
  }

  /// POST payments
  func pay(_ orderID: String, by userID: String, with card: String) {
    let replica = known[orderID]
    world.step { [self] in
      // No event has told of it yet: orders is asked.
      guard let order = replica ?? world.orders.orders[orderID].flatMap(PayableOrder.init(asked:)) else { return }
      made += 1
      let payment = "p\(made)"
      guard let token = CardToken(card), let decision = decide(order, token, by: userID, payment) else { return }
      switch decision {
      case .join(let id): drive(id)
      case .begin(let attempt):
        world.step { [self] in
          guard begin(attempt, of: order, knownAs: replica) else { return }
          drive(attempt.id)
        }
      }
    }
  }

  private func decide(
    _ order: PayableOrder, _ token: CardToken, by userID: String, _ payment: String
  ) -> PayableOrder.Decision? {
    var order = order
    if world.isSabotaged(.attemptBesideAnother) { order.attemptStatus = nil }
    if world.isSabotaged(.attemptBesideAbandoned), order.attemptStatus == .abandoned { order.attemptStatus = .closed }
    return try? order.paying(with: token, by: userID, paymentID: payment, now: clock.now, hold: world.hold)
  }

  private func begin(_ attempt: Attempt, of order: PayableOrder, knownAs replica: PayableOrder?) -> Bool {
    guard known[order.id] == replica, attempts[attempt.id] == nil else { return false }
    let others = attempts.values.filter { $0.id.orderID == order.id && $0.status == .pending }
    if !others.isEmpty, !world.isExposing(.attemptBesideAnother) {
      world.violate("\(attempt.id) begins beside another")
    }
    attempts[attempt.id] = attempt
    var order = order
    order.isStored = true
    order.attempt = attempt.id.number
    order.attemptStatus = attempt.status
    known[order.id] = order
    put(attempt.id, until: world.now + Self.lease)
    world.note("\(attempt.id) begins with \(attempt.token.value)")
    return true
  }

  /// A listener.
  func learn(_ order: Order, at event: SimulatedEvent, done: @escaping (EventOutcome) -> Void) {
    world.applyOnce(event, by: .payments, seen: { self.known[order.id]?.version }, done: done) { [self] in
      var payable =
        known[order.id] ?? PayableOrder(id: order.id, userID: order.userID, priceCents: order.priceCents)
      payable.version = event.version
      payable.status = event.subject == .orderCancelled ? .cancelled : .created
      known[order.id] = payable
    }
  }

  /// A listener.
  func refund(_ id: AttemptID, at event: SimulatedEvent, done: @escaping (EventOutcome) -> Void) {
    guard let attempt = attempts[id], attempt.status != .pending else {
      return world.violate("a refund is asked for of \(id), which is not there")
    }
    guard let change = attempt.refundRequested() else { return done(.duplicate) }
    world.step { [self] in
      guard write(change, over: attempt) else { return refund(id, at: event, done: done) }
      world.bus.applied(event, by: .payments)
      done(.applied)
      drive(id)
    }
  }

  /// A webhook: the processor says that something happened. `done`: it need not be posted again.
  func hear(of id: AttemptID, isOfCharge: Bool, done: @escaping () -> Void = {}) {
    world.step { [self] in
      guard let attempt = attempts[id] else { return }
      var heard = attempt.heard(isOfCharge: isOfCharge)
      if world.isSabotaged(.failedRefundIsNotHeard), attempt.status == .refunded { heard = nil }
      guard let heard else { return done() }
      world.step { [self] in
        guard write(AttemptChange(attempt: heard), over: attempt) else {
          return hear(of: id, isOfCharge: isOfCharge, done: done)
        }
        done()
        drive(id)
      }
    }
  }

  /// Whoever is asked by the bank has time until the attempt is given up.
  func checkPatience(with id: AttemptID) {
    if let attempt = attempts[id], attempt.status == .pending, clock.now < attempt.giveUpAt {
      world.violate("\(id) is cancelled while the card holder is asked")
    }
  }

  /// The intent whose id a change would store is another attempt's.
  func isTaken(by change: AttemptChange, over before: Attempt) -> Bool {
    guard before.stripeID == nil, let id = change.attempt.stripeID, !world.isSabotaged(.stripeIDSharedByTwo) else {
      return false
    }
    return attempts.values.contains { $0.stripeID == id && $0.id != before.id }
  }
}

extension SimulatedPayments {
  /// Writes a change where the attempt is still what it was made from.
  func write(_ change: AttemptChange, over before: Attempt) -> Bool {
    let id = before.id
    guard attempts[id]?.revision == before.revision || world.isSabotaged(.attemptWrittenWithoutRevisionGuard) else {
      return false
    }
    let attempt = change.attempt.stored
    check(attempt)
    if attempt.status != before.status, before.status.bars {
      guard known[id.orderID]?.attempt == id.number || world.isSabotaged(.attemptBesideAnother) else {
        world.violate("\(id) is no longer its order's attempt")
        return false
      }
      if known[id.orderID]?.attempt == id.number { known[id.orderID]?.attemptStatus = attempt.status }
    }
    attempts[id] = attempt
    if attempt.isOpen {
      let retry = attempt.retryTime(now: clock.now, jitter: world.fraction(), pace: RetryPace())
      put(id, until: change.waits ? clock.time(of: retry) : world.now + Self.lease)
    } else {
      unresolved[id] = nil
    }
    world.note("\(id) \(attempt.status) \(attempt.stripeID ?? "-") \(change.events.isEmpty ? "" : "\(change.events)")")
    for event in change.events { publish(event) }
    return true
  }

  /// Nothing is left to be done about an attempt as it was read.
  func resolve(_ attempt: Attempt) {
    if attempts[attempt.id]?.revision == attempt.revision { unresolved[attempt.id] = nil }
  }

  private func publish(_ event: PaymentEvent) {
    let (subject, key, version): (Subject, String, Int64) =
      switch event {
      case .created(let receipt): (.paymentCreated, receipt.paymentID, receipt.version)
      case .declined(let id, _): (.paymentDeclined, "\(id)", 0)
      case .abandoned(let id): (.paymentAbandoned, "\(id)", 0)
      case .reversed(let receipt): (.paymentReversed, receipt.paymentID, receipt.version)
      }
    world.publishApart { self.world.bus.publish(subject, key: key, version: version, .payment(event)) }
  }

  private func check(_ attempt: Attempt) {
    if attempt.status == .refunded, attempts[attempt.id]?.status != .refunded {
      let made = attempt.stripeID.flatMap { world.stripe.intents[$0]?.made } ?? []
      if !made.contains(where: \.wasThrough) { world.violate("\(attempt.id) is refunded, and nothing has gone back") }
    }
    if let before = attempts[attempt.id], before.status == .refused, before.status != attempt.status {
      world.violate("\(attempt.id) was \(before.status) and becomes \(attempt.status)")
    }
  }

  private func put(_ id: AttemptID, until time: Int64) {
    unresolved[id] = time
    resolveLater()
  }

  /// The resolver looks for what is due every second or so.
  private func resolveLater() {
    guard !isResolving, let first = unresolved.values.min() else { return }
    isResolving = true
    world.at(max(first, world.now) + world.within(0...1_000)) { [self] in
      isResolving = false
      let due = unresolved.filter { $0.value <= world.now }.keys.sorted { "\($0)" < "\($1)" }
      for id in due {
        unresolved[id] = world.now + Self.lease
        drive(id)
      }
      resolveLater()
    }
  }
}

extension PayableOrder {
  /// Made of what orders answers; nil where it cannot be paid any more.
  init?(asked order: Order) {
    guard !order.status.isFinal else { return nil }
    self.init(id: order.id, userID: order.userID, priceCents: order.priceCents, isStored: false)
  }
}
