import Identifiers
import RandomTestSupport

/// One run of the whole platform in one thread: a clock, an agenda, and everybody who does something.
///
/// The decisions are the services' own models. Around them, a step of a process is one entry of the agenda, so that
/// anything may happen between two steps; a crash is a step that never comes. No dictionary is walked through where
/// the order matters, for that differs between two processes.
final class World {
  let seed: UInt64
  let faults: Faults
  let sabotage: Sabotage?
  /// A guard that is out too, so that the one behind it is reached.
  let exposure: Sabotage?
  private(set) var now: Int64 = 0
  private(set) var violation: String?
  private(set) var steps = 0
  /// What happened, for people; kept only on demand.
  private(set) var log: [String] = []
  private let isLogging: Bool
  /// How long an order can be paid.
  let window: Duration
  /// After how long an attempt whose outcome is unknown is given up.
  let hold: Duration
  private var random: SplitMix
  private var agenda = Agenda()

  private(set) lazy var bus = SimulatedBus(self)
  private(set) lazy var tickets = SimulatedTickets(self)
  private(set) lazy var orders = SimulatedOrders(self)
  private(set) lazy var payments = SimulatedPayments(self)
  private(set) lazy var expiration = SimulatedExpiration(self)
  private(set) lazy var stripe = SimulatedStripe(self)
  private(set) lazy var reversals = SimulatedReversals(self)

  init(seed: UInt64, sabotage: Sabotage? = nil, exposure: Sabotage? = nil, logging: Bool = false) {
    self.seed = seed
    self.sabotage = sabotage
    self.exposure = exposure
    isLogging = logging
    random = SplitMix(seed: seed)
    faults = Faults.drawn(&random)
    window = random.one(of: [.seconds(20), .seconds(60)])
    hold = random.one(of: [.seconds(8), .seconds(30)])
  }

  /// Runs until nothing is left to do, or something is wrong.
  func run() {
    users()
    while violation == nil, let entry = agenda.next() {
      now = entry.time
      steps += 1
      // Most take 1,500 at most; who asks in vain until he gives up, twenty times as many.
      if steps > 40_000 { violate("it never comes to rest\(orders.unsettled.map { ", \($0)" } ?? "")") }
      entry.body()
    }
    if violation == nil { checkAtTheEnd() }
  }

  func violate(_ what: @autoclosure () -> String) {
    guard violation == nil else { return }
    violation = what()
    note("VIOLATION: \(violation ?? "")")
  }

  func note(_ what: @autoclosure () -> String) {
    if isLogging { log.append("\(now) \(what())") }
  }
}

extension World {
  /// A run has this many milliseconds of activity.
  static let activity: ClosedRange<Int64> = 0...100_000

  func isSabotaged(_ sabotage: Sabotage) -> Bool { self.sabotage == sabotage || exposure == sabotage }

  /// Whether this guard is out only so that the one behind it is reached: what it alone prevents is no violation.
  func isExposing(_ sabotage: Sabotage) -> Bool { exposure == sabotage }

  /// Whether a fault happens.
  func happens(_ fault: KeyPath<Faults, Double>) -> Bool {
    let draw = random.fraction()
    return now < Faults.end && draw < faults[keyPath: fault]
  }

  func chance(_ probability: Double) -> Bool { random.fraction() < probability }
  func within(_ range: ClosedRange<Int64>) -> Int64 { random.within(range) }
  func fraction() -> Double { random.fraction() }
  func one<Element>(of elements: [Element]) -> Element { random.one(of: elements) }

  /// Surely happens, so many milliseconds from now.
  func after(_ delay: ClosedRange<Int64>, _ body: @escaping () -> Void) {
    agenda.add(at: now + random.within(delay), body)
  }

  func at(_ time: Int64, _ body: @escaping () -> Void) { agenda.add(at: max(now, time), body) }

  /// The next step of a process, soon; never, if the process stops before.
  func step(_ body: @escaping () -> Void) {
    // Now and then a process sleeps for long: the scheduler, a page fault, a full disk.
    step(within: chance(0.02) ? 100...8_000 : 0...30, body)
  }

  func step(within delay: ClosedRange<Int64>, _ body: @escaping () -> Void) {
    if happens(\.crash) { return note("a process stops") }
    after(delay, body)
  }
}

/// A service's clock: a few seconds wrong.
struct SkewedClock {
  let skew: Int64
  unowned let world: World

  init(_ world: World) {
    self.world = world
    skew = world.within(-1500...1500)
  }

  var now: UnixTime { UnixTime(milliseconds: 1_700_000_000_000 + world.now + skew) }

  /// When it is so late by this clock, on the world's.
  func time(of time: UnixTime) -> Int64 { time.milliseconds - 1_700_000_000_000 - skew }
}
