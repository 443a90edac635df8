import EventBus

@testable import TicketsService

/// The tickets service with its store in memory.
final class SimulatedTickets {
  private(set) var tickets: [String: Ticket] = [:]
  /// `{tickets}:order:<id>`
  private var seen: [String: Int64] = [:]
  private unowned let world: World

  private static let attempts = 10

  init(_ world: World) { self.world = world }

  func sell(_ id: String, for cents: Int64) {
    let ticket = Ticket(id: id, title: "Concert", priceCents: cents, userID: "seller")
    tickets[id] = ticket
    world.bus.publish(.ticketCreated, key: id, version: 0, .ticket(ticket))
  }

  func edit(_ id: String, to cents: Int64) {
    guard let ticket = tickets[id] else { return }
    let draft = TicketDraft(title: "Concert", priceCents: cents)
    guard let edited = try? ticket.edited(draft, by: "seller") else { return }
    world.step { [self] in
      if write(edited, over: ticket) { world.note("\(id) edited to \(cents)") }
    }
  }

  /// A listener.
  func apply(
    _ change: ReservationChange, at event: SimulatedEvent, to ticketID: String, tries: Int = attempts,
    done: @escaping (Application) -> Void
  ) {
    guard tries > 0 else { return done(.gap) }
    let seen = seen[event.key]
    world.step { [self] in
      let ticket = tickets[ticketID]
      world.step { [self] in
        switch effect(of: change, at: event, seen: seen, on: ticket) {
        case .leave(let application): done(application)
        case .apply(let changed):
          if commit(changed, over: ticket, at: event, seen: seen) { return done(.applied) }
          apply(change, at: event, to: ticketID, tries: tries - 1, done: done)
        }
      }
    }
  }

  private func effect(
    of change: ReservationChange, at event: SimulatedEvent, seen: Int64?, on ticket: Ticket?
  ) -> ReservationEffect {
    if let ticket, let sabotaged = sabotaged(change, at: event, seen: seen, on: ticket) { return sabotaged }
    do {
      return try change.effect(order: event.key, version: event.version, seen: seen, on: ticket)
    } catch {
      world.violate("\(change) of \(event.key): \(error)")
      return .leave(.duplicate)
    }
  }

  private func commit(_ changed: Ticket, over ticket: Ticket?, at event: SimulatedEvent, seen: Int64?) -> Bool {
    guard self.seen[event.key] == seen || world.isSabotaged(.seenIsNotGuarded) else { return false }
    if let ticket, changed != ticket {
      guard write(changed, over: ticket) else { return false }
      if let holder = ticket.orderID, holder != event.key {
        world.violate("\(event.key) takes \(ticket.id) from \(holder)")
      }
    }
    self.seen[event.key] = event.version
    world.bus.applied(event, by: .tickets)
    return true
  }

  private func write(_ changed: Ticket, over ticket: Ticket) -> Bool {
    let current = tickets[changed.id]
    guard current?.version == ticket.version || world.isSabotaged(.ticketWrittenWithoutVersionGuard) else {
      return false
    }
    if let holder = current?.orderID, let next = changed.orderID, next != holder {
      world.violate("\(changed.id) goes from \(holder) straight to \(next)")
    }
    tickets[changed.id] = changed
    world.note("\(changed.id) v\(changed.version) is held by \(changed.orderID ?? "nobody")")
    guard changed.version != ticket.version else { return true }
    world.publishApart {
      self.world.bus.publish(
        .ticketUpdated, key: changed.id, version: changed.version, .ticket(changed))
    }
    return true
  }

  /// What the model would say without one of its guards.
  private func sabotaged(
    _ change: ReservationChange, at event: SimulatedEvent, seen: Int64?, on ticket: Ticket
  ) -> ReservationEffect? {
    let verdict = Application.verdict(on: event.version, seen: seen)
    func forced(to order: String?) -> ReservationEffect {
      .apply(
        Ticket(
          id: ticket.id, title: ticket.title, priceCents: ticket.priceCents, userID: ticket.userID, orderID: order,
          version: ticket.version + 1))
    }
    switch (world.sabotage, change) {
    case (.reservationOverwrites, .created) where verdict == nil: return forced(to: event.key)
    case (.freesWhatAnotherHolds, .cancelled) where ticket.orderID != nil: return forced(to: nil)
    case (.noTurnForTheOvertaken, .cancelled): return verdict.map { .leave($0) }
    default: break
    }
    guard world.isSabotaged(.noChainRule), verdict != nil else { return nil }
    let (first, seen): (Int64, Int64?) = change == .created ? (0, nil) : (1, 0)
    return try? change.effect(order: event.key, version: first, seen: seen, on: ticket)
  }
}
