import EventBus
import Identifiers

@testable import OrdersService
@testable import PaymentsService
@testable import TicketsService

/// The orders service with its store in memory.
final class SimulatedOrders {
  private(set) var orders: [String: Order] = [:]
  /// `{orders}:live:<ticketId>`
  private(set) var live: [String: String] = [:]
  /// `{orders}:ticket:<id>`
  private(set) var offered: [String: OfferedTicket] = [:]
  /// `{orders}:refund:<paymentId>`
  private var refunds: Set<String> = []
  /// The attempts for which orders has held an order.
  private(set) var begun: Set<AttemptID> = []
  /// `{orders}:open`
  private var open: Set<String> = []
  private var isSweeping = false
  private var made = 0
  private unowned let world: World
  private let clock: SkewedClock

  private static let attempts = 10
  /// When no order can be open any more: its window, the hold, and what it takes when nothing goes wrong.
  private static let latestEnd = Faults.end + 60_000 + 30_000 + 160_000
  private static let sweepGrace: Int64 = 5_000

  init(_ world: World) {
    self.world = world
    clock = SkewedClock(world)
  }

  /// Orders that have not ended, for people; nil: all have.
  var unsettled: String? {
    let open = orders.values.filter { !$0.status.isFinal }.sorted { $0.id < $1.id }
    return open.isEmpty ? nil : open.map { "\($0.id) stays \($0.status.rawValue)" }.joined(separator: ", ")
  }

  /// POST orders
  func create(_ ticketID: String, for userID: String, done: @escaping (String) -> Void) {
    guard let ticket = offered[ticketID] else { return }
    let now = clock.now
    made += 1
    let id = "o\(made)"
    // Often long enough that another order of the ticket has come and gone.
    world.step(within: world.chance(0.1) ? 100...10_000 : 0...30) { [self] in
      guard live[ticketID] == nil || world.isSabotaged(.createdWithoutLiveGuard) else { return }
      guard offered[ticketID]?.version == ticket.version || world.isSabotaged(.createdFromAnOldCopy) else { return }
      guard offered[ticketID]?.reservations == ticket.reservations || world.isSabotaged(.reservationIsNotGuarded) else {
        return
      }
      let order = Order.reserving(ticket, as: id, for: userID, window: world.window, at: now)
      orders[id] = order
      if offered[ticketID]?.priceCents != order.priceCents, !world.isExposing(.createdFromAnOldCopy) {
        world.violate("\(id) is sold at an old price")
      }
      if !world.isSabotaged(.reservationsAreNotCounted) { offered[ticketID]?.reservations = order.reservation }
      live[ticketID] = id
      open.insert(id)
      world.note("\(id) created for \(ticketID) by \(userID)")
      checkLive(ticketID)
      world.publishApart { self.world.bus.publish(.orderCreated, key: id, version: 0, .order(order)) }
      sweepLater()
      world.step { done(id) }
    }
  }

  /// Decides and writes, anew where something else came first. `done` gets nil where that went on for too long.
  func apply(
    _ trigger: OrderTrigger, to id: String, at event: SimulatedEvent? = nil, tries: Int = attempts,
    done: @escaping (OrderDecision?) -> Void
  ) {
    guard tries > 0 else { return done(nil) }
    let now = clock.now
    world.step { [self] in
      guard let order = orders[id] else { return done(nil) }
      let decision = sabotaged(order, trigger) ?? order.decide(trigger, at: sabotaged(now, trigger))
      guard case .change(let change) = decision else { return done(decision) }
      world.step { [self] in
        if let payment = change.payment, refunds.contains(payment), !world.isSabotaged(.refundRequestedAgain) {
          return done(.nothing)
        }
        guard isCurrent(change) else { return apply(trigger, to: id, at: event, tries: tries - 1, done: done) }
        let before = orders[id]
        write(change)
        // Noting that the time is over decides nothing: an event may do so, and do more when it comes again.
        let isApplied = orders[id]?.status != before?.status || orders[id]?.attempt != before?.attempt
        if let event, isApplied || change.publication != .nothing { world.bus.applied(event, by: .orders) }
        done(decision)
      }
    }
  }

  /// A listener.
  func listen(_ trigger: OrderTrigger, to id: String, at event: SimulatedEvent, done: @escaping (EventOutcome) -> Void)
  {
    if case .paymentCreated = trigger {
    } else if world.isSabotaged(.paymentEventsLost), trigger != .timeIsOver {
      return done(.applied)
    }
    apply(trigger, to: id, at: event) { decision in
      switch decision {
      case .change: done(.applied)
      case .nothing: done(.duplicate)
      case .tooEarly: done(self.tooEarly(id))
      case nil: done(.later(.milliseconds(50)))
      case .refused(let error): self.world.violate("\(trigger) of \(id) is refused: \(error)")
      }
    }
  }

  /// A timer that goes off too early is waited for where that is not long; else the sweeper looks after the order.
  private func tooEarly(_ id: String) -> EventOutcome {
    guard let order = orders[id] else { return .duplicate }
    let rest = clock.now.duration(to: order.expiresAt)
    return rest <= .seconds(5) ? .later(rest) : .duplicate
  }

  /// A listener.
  func learn(_ ticket: Ticket, at event: SimulatedEvent, done: @escaping (EventOutcome) -> Void) {
    world.applyOnce(event, by: .orders, seen: { self.offered[ticket.id]?.version }, done: done) { [self] in
      offered[ticket.id] = OfferedTicket(
        id: ticket.id, title: ticket.title, priceCents: ticket.priceCents, userID: ticket.userID,
        version: event.version, reservations: offered[ticket.id]?.reservations ?? 0)
    }
  }
}

extension SimulatedOrders {
  private func isCurrent(_ change: OrderChange) -> Bool {
    guard let current = orders[change.before.id] else { return false }
    let isSame = current.status == change.before.status && current.attempt == change.before.attempt
    guard isSame || world.isSabotaged(.orderWrittenWithoutStateGuard) else { return false }
    switch change.condition {
    case .beforeExpiry where world.isSabotaged(.beginsAfterItsTime) || world.isSabotaged(.payableAgainAfterItsTime):
      return true
    case .atOrAfterExpiry where world.isSabotaged(.expiresBeforeItsTime): return true
    case .always: return true
    case .beforeExpiry: return clock.now < change.before.expiresAt
    case .atOrAfterExpiry: return clock.now >= change.before.expiresAt
    }
  }

  private func write(_ change: OrderChange) {
    var order = change.order
    check(change)
    order.isOverdue = order.isOverdue || orders[order.id]?.isOverdue == true
    orders[order.id] = order
    if change.freesTicket, let holder = live[order.ticketID],
      holder == order.id || world.isSabotaged(.cancelTakesAnyLivePointer)
    {
      live[order.ticketID] = nil
      if holder != order.id { world.violate("\(order.id) takes \(order.ticketID)'s pointer from \(holder)") }
    }
    if order.status.isFinal, world.now > Self.latestEnd { world.violate("\(order.id) ends only at \(world.now) ms") }
    if order.status == .awaitingPayment { begun.insert(AttemptID(orderID: order.id, number: order.attempt)) }
    if change.closes { open.remove(order.id) }
    world.note("\(order.id) \(order.status.rawValue) attempt \(order.attempt) \(change.publication)")
    checkLive(order.ticketID)
    switch change.publication {
    case .nothing: break
    case .cancelled: publish(.orderCancelled, order)
    case .completed: publish(.orderCompleted, order)
    case .refundRequested(let paymentID, let attempt):
      refunds.insert(paymentID)
      if world.isSabotaged(.noRefundForUnwantedPayment) { return }
      world.publishApart {
        self.world.bus.publish(
          .refundRequested, key: paymentID, version: 0,
          .refundRequested(paymentID: paymentID, orderID: order.id, attempt: attempt))
      }
    }
  }

  private func publish(_ subject: Subject, _ order: Order) {
    world.publishApart { self.world.bus.publish(subject, key: order.id, version: order.version, .order(order)) }
  }

  private func check(_ change: OrderChange) {
    let current = orders[change.before.id] ?? change.before
    if current.status.isFinal, change.order != current {
      world.violate("\(current.id) was \(current.status) and becomes \(change.order.status)")
    }
    if change.order.attempt < current.attempt { world.violate("\(current.id)'s attempt falls") }
    if change.changesStatus, change.order.status == .awaitingPayment, clock.now >= current.expiresAt {
      world.violate("\(current.id) begins to be paid after its time")
    }
    if change.order.reason == .expired, current.reason == nil, clock.now < current.expiresAt {
      world.violate("\(current.id) expires before its time")
    }
  }

  /// One live order per ticket, at every moment.
  private func checkLive(_ ticketID: String) {
    if world.isExposing(.createdWithoutLiveGuard) { return }
    let orders = orders.values.filter { $0.ticketID == ticketID && $0.status != .cancelled }.map(\.id).sorted()
    if orders.count > 1 { world.violate("\(ticketID) has the live orders \(orders)") }
    if orders.first != live[ticketID] {
      world.violate("\(ticketID)'s live order is \(orders), its pointer \(live[ticketID] ?? "absent")")
    }
  }

  private func sweepLater() {
    guard !isSweeping, !world.isSabotaged(.noSweeper) else { return }
    isSweeping = true
    world.after(2_250...3_750) { [self] in
      isSweeping = false
      for id in open.sorted() {
        guard let order = orders[id], clock.time(of: order.expiresAt) + Self.sweepGrace <= world.now else { continue }
        apply(.timeIsOver, to: id) { _ in }
      }
      if !open.isEmpty { sweepLater() }
    }
  }

  private func sabotaged(_ now: UnixTime, _ trigger: OrderTrigger) -> UnixTime {
    switch (world.sabotage, trigger) {
    case (.payableAgainAfterItsTime, .paymentDeclined), (.beginsAfterItsTime, .beginPayment):
      UnixTime(milliseconds: 0)
    case (.expiresBeforeItsTime, .timeIsOver): .latest
    default: now
    }
  }

  /// What the model would say without one of its guards.
  private func sabotaged(_ order: Order, _ trigger: OrderTrigger) -> OrderDecision? {
    switch (world.sabotage, trigger) {
    case (.paidByAnyAttempt, .paymentCreated(let payment, let attempt)) where attempt != order.attempt:
      order.decide(.paymentCreated(paymentID: payment, attempt: order.attempt), at: clock.now)
    case (.declinedByAnyAttempt, .paymentDeclined(let attempt)) where attempt != order.attempt:
      order.decide(.paymentDeclined(attempt: order.attempt), at: clock.now)
    case (.lateBeginAfterAbandoned, .paymentAbandoned(let attempt)) where attempt > order.attempt: .nothing
    default: nil
    }
  }
}
