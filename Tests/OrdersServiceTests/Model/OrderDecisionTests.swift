import Identifiers
import Testing

@testable import OrdersService

/// The table of the state machine, line by line: 2 stands for the order's own attempt, 1 for an earlier, 3 for a later.
@Suite struct OrderDecisionTests {
  @Test(arguments: [UnixTime.early, .late])
  func `its owner may cancel what nobody is paying`(now: UnixTime) {
    #expect(
      Order.sample(.created, attempt: 2).decide(.cancel(by: "buyer"), at: now).becomes { order in
        order.status = .cancelled
        order.reason = .byOwner
        order.version = 1
      } == .cancelled(.byOwner))
    #expect(
      Order.sample(.awaitingPayment, attempt: 2).decide(.cancel(by: "buyer"), at: now).refusal == .paymentInProgress)
    #expect(Order.sample(.complete).decide(.cancel(by: "buyer"), at: now).refusal == .complete)
    #expect(Order.sample(.cancelled).decide(.cancel(by: "buyer"), at: now) == .nothing)
  }

  @Test(arguments: OrderStatus.allCases)
  func `nobody else may cancel or pay it`(status: OrderStatus) {
    let order = Order.sample(status, attempt: 2)
    #expect(order.decide(.cancel(by: "other"), at: .early).refusal == .notOwner)
    #expect(order.begin(3, by: "other").refusal == .notOwner)
  }

  @Test(arguments: [OrderStatus.created, .awaitingPayment])
  func `a new attempt claims the order, as long as there is time`(status: OrderStatus) {
    let order = Order.sample(status, attempt: 2)
    let decision = order.begin(3)
    #expect(
      decision.becomes { order in
        order.status = .awaitingPayment
        order.attempt = 3
      } == .nothing)
    #expect(decision.change?.condition == .beforeExpiry)
    #expect(order.begin(3, at: .late).refusal == .expired)
  }

  @Test func `the attempt that has the order is told so again, even late`() {
    let order = Order.sample(.awaitingPayment, attempt: 2)
    #expect(order.begin(2) == .nothing)
    #expect(order.begin(2, at: .late) == .nothing)
  }

  @Test(arguments: [Int64.min, -1, 0, 1])
  func `an attempt that was left behind never gets the order`(attempt: Int64) {
    for status in [OrderStatus.created, .awaitingPayment] {
      #expect(Order.sample(status, attempt: 2).begin(attempt).refusal == .attemptOver)
    }
    #expect(Order.sample(.created, attempt: 2).begin(2).refusal == .attemptOver)
    #expect(Order.sample(.created).begin(min(attempt, 0)).refusal == .attemptOver)
  }

  @Test(arguments: [Int64.min, 0, 4999, 5001, .max])
  func `another amount than the price is not charged`(amount: Int64) {
    #expect(Order.sample(.created).begin(1, amount).refusal == .amountMismatch)
    #expect(Order.sample(.awaitingPayment, attempt: 1).begin(1, amount).refusal == .amountMismatch)
  }

  @Test func `what is final is not paid`() {
    #expect(Order.sample(.complete, attempt: 2).begin(2).refusal == .complete)
    #expect(Order.sample(.cancelled, attempt: 2).begin(3).refusal == .cancelled)
  }

  @Test(arguments: [UnixTime.early, .late])
  func `the payment that is awaited completes the order, however late`(now: UnixTime) {
    let decision = Order.sample(.awaitingPayment, attempt: 2)
      .decide(.paymentCreated(paymentID: "p", attempt: 2), at: now)
    #expect(
      decision.becomes { order in
        order.status = .complete
        order.paymentID = "p"
        order.version = 1
      } == .completed(paymentID: "p"))
    #expect(decision.change?.payment == "p")
    #expect(decision.change?.freesTicket == false)
    #expect(decision.change?.closes == true)
  }

  @Test func `the payment of a complete order is known`() {
    #expect(
      Order.sample(.complete, attempt: 2).decide(.paymentCreated(paymentID: "paid", attempt: 2), at: .late) == .nothing)
  }

  @Test(arguments: [
    (OrderStatus.created, Int64(0), Int64(1)), (.created, 2, 2), (.awaitingPayment, 2, 1), (.awaitingPayment, 2, 3),
    (.complete, 2, 2), (.complete, 2, 3), (.cancelled, 2, 2), (.cancelled, 0, .max), (.created, 0, .min),
  ])
  func `any other payment is given back, and nothing else happens`(status: OrderStatus, own: Int64, attempt: Int64) {
    let decision = Order.sample(status, attempt: own).decide(
      .paymentCreated(paymentID: "p", attempt: attempt), at: .early)
    #expect(decision.becomes { _ in } == .refundRequested(paymentID: "p", attempt: attempt))
    #expect(decision.change?.payment == "p")
    #expect(decision.change?.closes == false)
  }

  @Test func `a declined payment frees the order for the next, or it has expired meanwhile`() {
    let order = Order.sample(.awaitingPayment, attempt: 2)
    let inTime = order.decide(.paymentDeclined(attempt: 2), at: .early)
    #expect(inTime.becomes { $0.status = .created } == .nothing)
    #expect(inTime.change?.condition == .beforeExpiry)
    let late = order.decide(.paymentDeclined(attempt: 2), at: .late)
    #expect(
      late.becomes { order in
        order.status = .cancelled
        order.reason = .expired
        order.version = 1
      } == .cancelled(.expired))
    #expect(late.change?.condition == .atOrAfterExpiry)
  }

  @Test(arguments: [Int64.min, 0, 1, 3, .max])
  func `news of another attempt's decline changes nothing`(attempt: Int64) {
    for status in OrderStatus.allCases {
      #expect(Order.sample(status, attempt: 2).decide(.paymentDeclined(attempt: attempt), at: .late) == .nothing)
    }
  }

  @Test(arguments: [UnixTime.early, .late])
  func `an abandoned payment cancels the order that waits for it`(now: UnixTime) {
    let decision = Order.sample(.awaitingPayment, attempt: 2).decide(.paymentAbandoned(attempt: 2), at: now)
    #expect(
      decision.becomes { order in
        order.status = .cancelled
        order.reason = .paymentAbandoned
        order.version = 1
      } == .cancelled(.paymentAbandoned))
    #expect(decision.change?.freesTicket == true)
    #expect(decision.change?.condition == .always)
  }

  @Test func `an attempt that was abandoned before it began can never begin`() {
    let created = Order.sample(.created, attempt: 2).decide(.paymentAbandoned(attempt: 3), at: .late)
    #expect(created.becomes { $0.attempt = 3 } == .nothing)
    #expect(created.change?.order.begin(3).refusal == .attemptOver)

    let awaiting = Order.sample(.awaitingPayment, attempt: 2).decide(.paymentAbandoned(attempt: 3), at: .early)
    #expect(
      awaiting.becomes { order in
        order.status = .created
        order.attempt = 3
      } == .nothing)
    let late = Order.sample(.awaitingPayment, attempt: 2).decide(.paymentAbandoned(attempt: 3), at: .late)
    #expect(late.change?.publication == .cancelled(.expired))
  }

  @Test(arguments: [Int64.min, 0, 1])
  func `news that an earlier attempt was abandoned changes nothing`(attempt: Int64) {
    for status in OrderStatus.allCases {
      #expect(Order.sample(status, attempt: 2).decide(.paymentAbandoned(attempt: attempt), at: .late) == .nothing)
    }
    #expect(Order.sample(.created, attempt: 2).decide(.paymentAbandoned(attempt: 2), at: .late) == .nothing)
  }

  @Test func `time that is over cancels an order that nobody is paying`() {
    let late = Order.sample(.created).decide(.timeIsOver, at: .late)
    #expect(
      late.becomes { order in
        order.status = .cancelled
        order.reason = .expired
        order.version = 1
      } == .cancelled(.expired))
    #expect(late.change?.condition == .atOrAfterExpiry)
    #expect(late.change?.freesTicket == true)
    #expect(Order.sample(.created).decide(.timeIsOver, at: .early) == .tooEarly)
    #expect(Order.sample(.complete).decide(.timeIsOver, at: .late) == .nothing)
    #expect(Order.sample(.cancelled).decide(.timeIsOver, at: .late) == .nothing)
  }

  @Test(arguments: [UnixTime.early, .late])
  func `time that is over during a payment is noted once`(now: UnixTime) {
    let decision = Order.sample(.awaitingPayment, attempt: 2).decide(.timeIsOver, at: now)
    #expect(decision.becomes { $0.isOverdue = true } == .nothing)
    #expect(decision.change?.changesStatus == false)
    #expect(Order.sample(.awaitingPayment, attempt: 2, isOverdue: true).decide(.timeIsOver, at: now) == .nothing)
  }
}

extension Order {
  fileprivate func begin(_ attempt: Int64, _ amount: Int64 = 5000, by user: String = "buyer", at now: UnixTime = .early)
    -> OrderDecision
  {
    decide(.beginPayment(attempt: attempt, amountCents: amount, by: user), at: now)
  }
}

extension OrderDecision {
  var change: OrderChange? {
    if case .change(let change) = self { change } else { nil }
  }

  fileprivate var refusal: OrderError? {
    if case .refused(let error) = self { error } else { nil }
  }

  /// What is published, where the change makes exactly this of the order; otherwise nil.
  fileprivate func becomes(_ edit: (inout Order) -> Void) -> OrderPublication? {
    guard let change else { return nil }
    var expected = change.before
    edit(&expected)
    return change.order == expected ? change.publication : nil
  }
}
