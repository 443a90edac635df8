import Identifiers
import RandomTestSupport
import Testing

@testable import OrdersService

/// Every state at every trigger: what must hold whatever happens.
@Suite struct OrderInvariantTests {
  static let numbers: [Int64] = [.min, -1, 0, 1, 2, 3, .max - 1, .max]
  static let times: [UnixTime] = [.min, -1, 0, 999_999, 1_000_000, 1_000_001, .max].map(UnixTime.init(milliseconds:))

  static var states: [Order] {
    OrderStatus.allCases.flatMap { status in
      numbers.flatMap { attempt in
        [0, 1, .max].flatMap { (version: Int64) in
          [false, true].map { .sample(status, attempt: attempt, version: version, isOverdue: $0) }
        }
      }
    }
  }

  static var triggers: [OrderTrigger] {
    let byNumber: [OrderTrigger] = numbers.flatMap { number -> [OrderTrigger] in
      [
        .beginPayment(attempt: number, amountCents: 5000, by: "buyer"),
        .beginPayment(attempt: number, amountCents: number, by: "buyer"),
        .beginPayment(attempt: number, amountCents: 5000, by: "other"),
        .paymentCreated(paymentID: "paid", attempt: number), .paymentCreated(paymentID: "p", attempt: number),
        .paymentDeclined(attempt: number), .paymentAbandoned(attempt: number),
      ]
    }
    return byNumber + [.cancel(by: "buyer"), .cancel(by: "other"), .timeIsOver]
  }

  @Test func `no trigger makes an illegal move in any state`() {
    for state in Self.states {
      for trigger in Self.triggers {
        for now in Self.times { check(state, trigger, now) }
      }
    }
  }

  private func check(_ state: Order, _ trigger: OrderTrigger, _ now: UnixTime) {
    guard let change = state.decide(trigger, at: now).change else { return }
    let after = change.order
    let message: Comment = "\(state) at \(trigger), \(now.milliseconds)"
    #expect(change.before == state, message)
    #expect(!state.status.isFinal || after == state, message)
    #expect(after.attempt >= state.attempt, message)
    #expect(isLegal(state.status, after.status), message)
    let isPublished = after.status != state.status && after.status.isFinal
    #expect(after.version == state.version &+ (isPublished ? 1 : 0) && after.version >= state.version, message)
    #expect(change.closes == isPublished, message)
    #expect((after.reason != nil) == (after.status == .cancelled), message)
    #expect((after.paymentID != nil) == (after.status == .complete), message)
    switch change.publication {
    case .nothing:
      // Something is new, and the lock moves with it; the note alone may be written twice.
      var noted = state
      noted.isOverdue = true
      #expect(after.status != state.status || after.attempt != state.attempt || after == noted, message)
      #expect(after != state && !after.status.isFinal, message)
    case .cancelled: #expect(after.status == .cancelled && change.freesTicket, message)
    case .completed: #expect(after.status == .complete && !change.freesTicket, message)
    case .refundRequested: #expect(after == state, message)
    }
    if case .refundRequested = change.publication { return }
    // Once more makes no second change.
    #expect(after.decide(trigger, at: now).change == nil, message)
  }

  private func isLegal(_ before: OrderStatus, _ after: OrderStatus) -> Bool {
    switch (before, after) {
    case (.created, .created), (.created, .awaitingPayment), (.created, .cancelled): true
    case (.awaitingPayment, .awaitingPayment), (.awaitingPayment, .created): true
    case (.awaitingPayment, .complete), (.awaitingPayment, .cancelled): true
    default: before == after
    }
  }

  @Test(arguments: UInt64(0)..<200)
  func `a long random life ends at most once and never goes back`(seed: UInt64) {
    var generator = SplitMix(seed: seed)
    var order = Order.sample(.created)
    var now = Int64(999_000)
    var left: Set<[String]> = []
    var published: [OrderPublication] = []
    for _ in 0..<500 {
      now += Int64.random(in: 0...10, using: &generator)
      let trigger = Self.triggers.randomElement(using: &generator) ?? .timeIsOver
      guard let change = order.decide(trigger, at: UnixTime(milliseconds: now)).change else { continue }
      let lock = [order.status.rawValue, "\(order.attempt)"]
      let next = [change.order.status.rawValue, "\(change.order.attempt)"]
      if lock != next { left.insert(lock) }
      #expect(!left.contains(next))
      switch change.publication {
      case .cancelled, .completed: published.append(change.publication)
      case .nothing, .refundRequested: break
      }
      order = change.order
    }
    #expect(published.count == (order.status.isFinal ? 1 : 0))
    #expect(order.version == Int64(published.count))
  }

  @Test func `a version at the end of its range is refused, not wrapped`() {
    let order = Order.sample(.created, version: .max)
    #expect(order.decide(.cancel(by: "buyer"), at: .early) == .refused(.versionExhausted))
    #expect(order.decide(.timeIsOver, at: .late) == .refused(.versionExhausted))
  }
}
