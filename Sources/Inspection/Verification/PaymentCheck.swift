import EventBus
import OrdersService
import PaymentsService
import Redis

/// Each payment whose money is here is a complete order's; and what has become of the money since, the order says too.
struct PaymentCheck: Check {
  let stores: Stores
  let title = "payments"

  func walk(_ visit: ([String], Int) async throws -> Void) async throws {
    try await stores.walk(.payments, PaymentKeys.payment) { try await visit($0, $0.count) }
  }

  func examine(_ ids: [String]) async throws -> [Suspicion] {
    let payments = try await stores(.payments).records(ids.map { PaymentKeys.payment($0) })
    let paid = zip(ids, payments).filter { $1["status"] == "succeeded" }
    let orders = try await stores(.orders).records(paid.map { OrderKeys.order($1["orderId"]) })
    return zip(paid, orders).compactMap { paid, order in
      let (id, payment) = paid
      let expected = ["status": OrderStatus.complete.rawValue, "paymentId": id, "price": payment["amount"]]
      if let (wanted, found) = order.difference(from: expected) {
        return suspicion(.paymentWithoutOrder, id, payment.key, expected: "it succeeded, so \(wanted)", found: found)
      }
      // What orders noted may be of another payment.
      let noted = order["reversalAttempt"] == payment["attempt"] ? order["reversal"] : ""
      guard noted != payment["reversal"] else { return nil }
      return suspicion(
        .reversalNotNoted, id, order.key,
        expected: "\(payment.key) has reversal \(payment["reversal"].printableWord), so \(order.key) has it too",
        found: "it has reversal \(noted.printableWord)", at: .orders)
    }
  }

  private func suspicion(
    _ name: Finding.Name, _ id: String, _ key: RedisKey, expected: String, found: String,
    at participant: Participant = .payments
  ) -> Suspicion {
    stores.suspicion(
      name, id, "payment \(id)", expected: expected, found: found, at: participant, look: ["HGETALL", key.name])
  }
}
