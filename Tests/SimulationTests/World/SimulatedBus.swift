import EventBus

@testable import OrdersService
@testable import PaymentsService
@testable import TicketsService

/// An event on its way.
struct SimulatedEvent {
  enum Payload {
    case ticket(Ticket)
    case order(Order)
    case refundRequested(paymentID: String, orderID: String, attempt: Int64)
    case expirationComplete(orderID: String)
    case payment(PaymentEvent)
  }

  let number: Int
  let subject: Subject
  let key: String
  let version: Int64
  let payload: Payload
}

/// Brings each event to each group at least once, in no order, until the group has acknowledged it.
final class SimulatedBus {
  private struct Place: Hashable {
    let event: Int
    let group: Participant
  }

  private struct Progress {
    var isAcknowledged = false
    /// Counts deliveries that the group is answerable for: only the latest may lead to another.
    var delivery = 0
  }

  private unowned let world: World
  private var events = 0
  private var progress: [Place: Progress] = [:]
  private var open = 0
  private var appliedTo: Set<Place> = []
  private var lastVersion: [String: Int64] = [:]
  private var refundsRequested: Set<String> = []

  /// As in `SubscriberSettings`.
  private static let claimIdle: Int64 = 15_000

  init(_ world: World) { self.world = world }

  var isIdle: Bool { open == 0 }

  func publish(_ subject: Subject, key: String, version: Int64, _ payload: SimulatedEvent.Payload) {
    events += 1
    let event = SimulatedEvent(number: events, subject: subject, key: key, version: version, payload: payload)
    world.note("#\(events) \(subject.rawValue) \(key) v\(version)")
    check(event)
    for group in subject.subscribers {
      open += 1
      progress[Place(event: event.number, group: group)] = Progress()
      send(event, to: group, after: world.happens(\.reorder) ? 0...20_000 : 0...60)
    }
  }

  /// What a group's store says when it has written what the event brings.
  func applied(_ event: SimulatedEvent, by group: Participant) {
    guard appliedTo.insert(Place(event: event.number, group: group)).inserted || world.isExposing(.olderIsApplied)
    else {
      return world.violate("\(group) applied #\(event.number) \(event.subject.rawValue) \(event.key) twice")
    }
  }

  private func check(_ event: SimulatedEvent) {
    switch event.payload {
    case .ticket, .order:
      let next = (lastVersion[event.key] ?? -1) + 1
      if event.version != next { world.violate("\(event.key) is published as v\(event.version) after v\(next - 1)") }
      lastVersion[event.key] = event.version
    case .refundRequested(let paymentID, _, _):
      if !refundsRequested.insert(paymentID).inserted { world.violate("\(paymentID) is to be refunded twice") }
    default: break
    }
  }

  private func send(_ event: SimulatedEvent, to group: Participant, after delay: ClosedRange<Int64>) {
    let place = Place(event: event.number, group: group)
    progress[place]?.delivery += 1
    let delivery = progress[place]?.delivery
    world.after(delay) { [self] in
      if isAcknowledged(place) { return }
      if !world.happens(\.loss) { deliver(event, to: group, as: delivery) }
      if world.happens(\.duplicate) { world.after(0...3_000) { self.deliver(event, to: group, as: nil) } }
    }
    world.at(world.now + delay.upperBound + Self.claimIdle) { [self] in
      guard !isAcknowledged(place), progress[place]?.delivery == delivery else { return }
      send(event, to: group, after: 0...100)
    }
  }

  private func deliver(_ event: SimulatedEvent, to group: Participant, as delivery: Int?) {
    let place = Place(event: event.number, group: group)
    world.handle(event, as: group) { [self] application in
      guard case .later(let pause) = application else { return world.step { self.acknowledge(place) } }
      guard delivery == progress[place]?.delivery else { return }
      let milliseconds = Int64(pause / .milliseconds(1))
      send(event, to: group, after: milliseconds...milliseconds + 20)
    }
  }

  private func isAcknowledged(_ place: Place) -> Bool { progress[place]?.isAcknowledged == true }

  private func acknowledge(_ place: Place) {
    guard !isAcknowledged(place) else { return }
    progress[place]?.isAcknowledged = true
    open -= 1
  }
}
