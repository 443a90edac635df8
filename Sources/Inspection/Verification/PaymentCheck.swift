import OrdersService
import PaymentsService
import Redis

/// Each payment whose money is here is a complete order's.
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
      guard let (wanted, found) = order.difference(from: expected) else { return nil }
      return Suspicion(
        id: id,
        finding: Finding(
          name: .paymentWithoutOrder, entity: "payment \(id)", expected: "it succeeded, so \(wanted)", found: found,
          command: stores.command(.payments, "HGETALL", payment.key.name)))
    }
  }
}
