import EventBus

@testable import OrdersService
@testable import TicketsService

/// The tickets service with its store in memory.
final class SimulatedTickets {
  private(set) var tickets: [String: Ticket] = [:]
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
    _ change: ReservationChange, of order: Order, at event: SimulatedEvent, tries: Int = attempts,
    done: @escaping (EventOutcome) -> Void
  ) {
    guard tries > 0 else { return done(.later(.milliseconds(50))) }
    world.step { [self] in
      guard let ticket = tickets[order.ticketID] else { return world.violate("\(order.ticketID) is not there") }
      guard let changed = changed(ticket, change, of: order, at: event) else { return done(.duplicate) }
      world.step { [self] in
        let isCurrent = tickets[ticket.id]?.heard == ticket.heard || world.isSabotaged(.markIsNotGuarded)
        if isCurrent, write(changed, over: ticket) {
          world.bus.applied(event, by: .tickets)
          return done(.applied)
        }
        apply(change, of: order, at: event, tries: tries - 1, done: done)
      }
    }
  }

  /// nil: it has been overtaken.
  private func changed(
    _ ticket: Ticket, _ change: ReservationChange, of order: Order, at event: SimulatedEvent
  ) -> Ticket? {
    let mark = OrderMark(reservation: order.reservation, version: event.version)
    let known = world.isSabotaged(.marksAreNotCompared) ? ticket.forgetting : ticket
    do {
      return try change.applied(to: known, order: order.id, mark: mark)
    } catch {
      world.violate("\(change) of \(order.id): \(error)")
      return nil
    }
  }

  private func write(_ changed: Ticket, over ticket: Ticket) -> Bool {
    guard let current = tickets[changed.id] else { return false }
    guard current.version == ticket.version || world.isSabotaged(.ticketWrittenWithoutVersionGuard) else {
      return false
    }
    tickets[changed.id] = changed.heard == ticket.heard ? changed.marked(as: current) : changed
    world.note("\(changed.id) v\(changed.version) is held by \(changed.orderID ?? "nobody")")
    guard changed.version != ticket.version else { return true }
    world.publishApart {
      self.world.bus.publish(
        .ticketUpdated, key: changed.id, version: changed.version, .ticket(changed))
    }
    return true
  }
}

extension Ticket {
  fileprivate var forgetting: Ticket { copy(heard: nil) }

  /// An edit leaves the mark as it is.
  fileprivate func marked(as current: Ticket) -> Ticket { copy(heard: current.heard) }

  private func copy(heard: OrderMark?) -> Ticket {
    Ticket(
      id: id, title: title, priceCents: priceCents, userID: userID, orderID: orderID, isSold: isSold, version: version,
      heard: heard)
  }
}
