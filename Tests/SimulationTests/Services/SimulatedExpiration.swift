import EventBus

@testable import ExpirationService
@testable import OrdersService

/// The expiration service with its store in memory.
final class SimulatedExpiration {
  /// `{expiration}:due`, on the world's clock
  private(set) var due: [String: Int64] = [:]
  /// `{expiration}:order:<id>`
  private var seen: [String: Int64] = [:]
  private unowned let world: World
  private let clock: SkewedClock

  init(_ world: World) {
    self.world = world
    clock = SkewedClock(world)
  }

  /// A listener.
  func apply(_ change: DeadlineChange, at event: SimulatedEvent, done: @escaping (EventOutcome) -> Void) {
    world.applyOnce(event, by: .expiration, seen: { self.seen[event.key] }, done: done) { [self] in
      seen[event.key] = event.version
      switch change {
      case .schedule(let deadline, _): schedule(event.key, at: clock.time(of: deadline))
      case .unschedule: due[event.key] = nil
      }
    }
  }

  private func schedule(_ order: String, at time: Int64) {
    due[order] = time
    if world.happens(\.timer), !world.isExposing(.noSweeper) {
      due[order] = nil
      return world.note("\(order)'s timer is lost")
    }
    world.at(time + world.within(0...20)) { [self] in
      guard due.removeValue(forKey: order) != nil else { return }
      world.bus.publish(.expirationComplete, key: order, version: 0, .expirationComplete(orderID: order))
    }
  }
}
