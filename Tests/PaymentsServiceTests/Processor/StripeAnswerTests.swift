import Identifiers
import ServiceTestSupport
import StripeTestSupport
import Testing
import TicketingProto

@testable import PaymentsService

/// What Stripe says counts only where it is about what was asked for.
@Suite(.serialized) struct StripeAnswerTests {
  private static let lies: [StripeTwin.Lie] = [
    .amount(1), .currency("jpy"), .order("01ARZ3NDEKTSV4RRFFQ69G5FAV"), .attempt("2"), .noMetadata,
  ]

  @Test(
    arguments: ["create", "confirm", "retrieve"].flatMap { verb in lies.map { (verb, $0) } }
      + ["confirm", "retrieve"].map { ($0, .intent("pi_other")) })
  func `an answer about something else is no success, and an error in the log; the true one is`(
    verb: String, lie: StripeTwin.Lie
  ) async throws {
    let log = LogRecorder()
    try await withStripe(logger: log.logger) { payments, twin in
      twin.fail(verb, .lie(lie))
      if verb == "retrieve" { twin.fail("confirm", .resetAfter) }
      let order = payments.orders.add()
      _ = try? await payments.pay(order)
      let attempt = try await payments.settled(order)
      #expect(attempt.status == .succeeded && twin.charges == 1)
      let intent = try #require(twin.intents.first { $0.id == attempt.stripeID })
      #expect(intent.status == "succeeded" && intent.amount == 5000)
    }
    #expect(log.lines.contains { $0.hasPrefix("error") && $0.contains("not believed") })
  }

  @Test(arguments: [StripeTwin.Lie.amount(1), .currency("jpy"), .received(1)])
  func `a success of another amount is never one, however often it is told`(lie: StripeTwin.Lie) async throws {
    try await withStripe(hold: .seconds(3)) { payments, twin in
      for verb in ["confirm", "retrieve", "cancel"] { twin.failAlways(verb, .lie(lie)) }
      let order = payments.orders.add()
      #expect(await failure { try await payments.pay(order) }?.reason == "PAYMENT_ABANDONED")
      #expect(try await payments.events(.paymentCreated).isEmpty)
      for verb in ["retrieve", "cancel"] { twin.failAlways(verb, nil) }
      let settled = try await payments.settled(order)
      #expect(settled.status == .refunded)
    }
  }

  @Test func `somebody else's succeeded intent pays for nothing, and its id stays with its owner`() async throws {
    let log = LogRecorder()
    try await withStripe(logger: log.logger) { payments, twin in
      let first = payments.orders.add()
      let paid = try await payments.pay(first)
      let owner = AttemptID(orderID: first, number: 1)
      #expect(try await payments.parts.store.attempt(ofIntent: paid.stripeID) == owner)
      // The processor gives the same intent out again, and says that it is the second order's.
      let second = payments.orders.add()
      twin.fail("create", .lie(.intent(paid.stripeID)))
      twin.change { if $0.id == paid.stripeID { $0.metadata["order"] = second } }
      #expect(try await payments.pay(second).stripeID != paid.stripeID)
      #expect(twin.charges == 2)
      #expect(try await payments.parts.store.attempt(ofIntent: paid.stripeID) == owner)
      #expect(log.lines.contains { $0.hasPrefix("error") && $0.contains("another attempt's") })
    }
  }

  @Test(arguments: ["create", "confirm", "refund"], [StripeTwin.Fault.saved500, .saved400])
  func `an error that is kept for a key is not the end: the next key does it`(
    verb: String, fault: StripeTwin.Fault
  ) async throws {
    try await withStripe { payments, twin in
      twin.fail(verb, fault)
      let order = payments.orders.add()
      let payment = try await payments.pay(order)
      #expect(payment.status == .succeeded && twin.charges == 1)
      if verb == "refund" {
        let request = OrdersV1.RefundRequested(paymentID: payment.id, orderID: order, attempt: 1)
        #expect(try await payments.deliver(.refundRequested, request, key: payment.id) == .applied)
        #expect(try await payments.settled(order).status == .refunded)
        #expect(twin.refunds == 1)
      }
      let keys = twin.requests(verb).compactMap(\.key)
      #expect(keys.count == 2 && keys.last == "\(keys[0]):2")
    }
  }

  @Test func `a time-out keeps its key`() async throws {
    try await withStripe { payments, twin in
      twin.fail("create", .resetBefore, .resetAfter)
      twin.fail("confirm", .resetBefore, .resetBefore)
      let order = payments.orders.add()
      let payment = try await payments.pay(order)
      #expect(payment.status == .succeeded)
      for verb in ["create", "confirm"] {
        #expect(twin.requests(verb).count == 3 && Set(twin.requests(verb).map(\.key)) == ["\(order):1:\(verb)"])
      }
    }
  }

  @Test func `what the processor never tells of ends in a state of its own, told and counted`() async throws {
    let log = LogRecorder()
    try await withStripe(hold: .seconds(3), logger: log.logger) { payments, twin in
      for verb in ["retrieve", "cancel", "confirm"] { twin.failAlways(verb, .resetBefore) }
      let order = payments.orders.add()
      #expect(await failure { try await payments.pay(order) }?.reason == "PAYMENT_ABANDONED")
      let id = AttemptID(orderID: order, number: 1)
      // As if it had been asked for a day.
      let attempt = try await eventually("it is asked in vain") {
        let attempt = try await payments.attempt(order)
        return attempt.status == .abandoned ? attempt : nil
      }
      _ = try await eventually("it is given up") {
        try await payments.redis.hset(
          PaymentKeys.attempt(id), [("tries", .integer(Attempt.maximumTries))])
        return try await payments.attempt(order).status == .unsettled ? true : nil
      }
      #expect(attempt.stripeID != nil)
      #expect(try await payments.redis.zscore(PaymentKeys.unsettled, .string(id.description)) != nil)
      #expect(try await payments.redis.zscore(PaymentKeys.unresolved, .string(id.description)) == nil)
      #expect(try await payments.parts.store.openMatters().unsettled == 1)
      #expect(log.lines.contains { $0.hasPrefix("error") && $0.contains("somebody must look") })
    }
  }
}
