import OrdersService
import Redis

/// Each live pointer names a live order of its ticket.
struct LivePointerCheck: Check {
  let stores: Stores
  let title = "held tickets"

  func walk(_ visit: ([String], Int) async throws -> Void) async throws {
    try await stores.walk(.orders, OrderKeys.live) { try await visit($0, $0.count) }
  }

  /// `ids` are tickets.
  func examine(_ ids: [String]) async throws -> [Suspicion] {
    let client = try stores(.orders)
    let pointers = try await client.texts(ids.map { OrderKeys.live($0) })
    let held = zip(ids, pointers).compactMap { ticket, order in order.map { (ticket, $0) } }
    let orders = try await client.records(held.map { OrderKeys.order($0.1) })
    return zip(held, orders).compactMap { held, order in
      let status = OrderStatus(rawValue: order["status"])
      guard order["ticketId"] != held.0 || status == nil || status == .cancelled else { return nil }
      return stores.suspicion(
        .livePointerStale, held.0, "ticket \(held.0)",
        expected: "order \(held.1), which holds it, is a live one of this ticket",
        found: order.exists ? "it is \(order["status"]), of ticket \(order["ticketId"])" : "there is no such order",
        at: .orders, look: ["GET", OrderKeys.live(held.0).name])
    }
  }
}
