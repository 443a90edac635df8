import Identifiers
import Testing
import TicketingProto

@testable import EventBus
@testable import OrdersService

/// What has become of a payment reaches its order, whatever comes first.
@Suite struct ReversalTests {
  private func reversed(
    _ order: String, _ payment: String, _ reversal: PaymentsV1.PaymentReversal, attempt: Int64 = 1, version: Int64
  ) -> PaymentsV1.PaymentReversed {
    .init(
      id: payment, orderID: order, attempt: attempt, stripeID: "pi_1", amountCents: 5000, reversal: reversal,
      version: version)
  }

  @Test func `the newest of a payment's reversals wins, and only the payment that completed the order counts`()
    async throws
  {
    try await withOrderStore { store in
      let order = try await store.order()
      let (first, second) = (ULID().description, ULID().description)
      let id = try #require(ULID(order.id))
      for attempt in Int64(1)...2 {
        _ = try await store.apply(
          .beginPayment(attempt: attempt, amountCents: order.priceCents, by: order.userID), to: id, trace: "")
      }
      // It overtakes the payment's own event.
      func hear(_ event: PaymentsV1.PaymentReversed) async throws -> EventOutcome {
        try await store.hear(.paymentReversed, event, key: event.id, version: event.version)
      }
      #expect(try await hear(reversed(order.id, second, .refunded, attempt: 2, version: 2)) == .applied)
      #expect(try await store.read(order.id).reversal == .none)
      _ = try await store.apply(.paymentCreated(paymentID: second, attempt: 2), to: id, trace: "")
      #expect(try await store.read(order.id).reversal == .refunded)
      #expect(try await hear(reversed(order.id, second, .disputed, attempt: 2, version: 1)) == .duplicate)
      #expect(try await hear(reversed(order.id, first, .chargedBack, attempt: 1, version: 9)) == .duplicate)
      #expect(try await store.read(order.id).reversal == .refunded)
      #expect(try await hear(reversed(order.id, second, .unspecified, attempt: 2, version: 3)) == .applied)
      let after = try await store.read(order.id)
      #expect(after.reversal == .none && after.status == .complete && after.version == 1)
      #expect(try await store.live(order.ticketID) == order.id)
    }
  }

  @Test func `a reversal that is not known, or of no order here, is told to people`() async throws {
    try await withOrderStore { store in
      let order = try await store.order()
      let payment = ULID().description
      await #expect(throws: MalformedEvent.self) {
        try await store.hear(
          .paymentReversed, reversed(order.id, payment, .init(rawValue: 77), version: 1), key: payment, version: 1)
      }
      await #expect(throws: UnknownOrder.self) {
        try await store.hear(
          .paymentReversed, reversed(ULID().description, payment, .refunded, version: 1), key: payment, version: 1)
      }
    }
  }
}
