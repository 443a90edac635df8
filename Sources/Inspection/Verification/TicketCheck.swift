import EventBus
import OrdersService
import Redis
import TicketsService

/// Each ticket beside what orders knows of it, and the list of what is for sale.
struct TicketCheck: Check {
  let stores: Stores
  let title = "tickets"

  func walk(_ visit: ([String], Int) async throws -> Void) async throws {
    try await stores.walk(.tickets, TicketKeys.ticket) { try await visit($0, $0.count) }
  }

  func examine(_ ids: [String]) async throws -> [Suspicion] {
    let (tickets, orders) = (try stores(.tickets), try stores(.orders))
    let known = zip(ids, try await tickets.records(ids.map { TicketKeys.ticket($0) })).filter { $1.exists }
    let names = known.map(\.0)
    let listed = try await tickets.scores(names.map { (TicketKeys.available, $0) })
    let owned = try await tickets.scores(known.map { (TicketKeys.user($1["userId"]), $0) })
    let replicas = try await orders.records(names.map { OrderKeys.ticket($0) })
    let holders = try await orders.records(known.map { OrderKeys.order($1["orderId"]) })
    return names.indices.flatMap { index in
      let (id, ticket) = known[index]
      return [
        replica(replicas[index], of: ticket, id), listing(listed[index] != nil, ticket, id),
        list(owned[index] != nil, ticket, id),
        holder(holders[index], ticket, id),
      ].compactMap { $0 }
    }
  }

  private func replica(_ replica: Record, of ticket: Record, _ id: String) -> Suspicion? {
    let fields = ["id", "title", "price", "userId", "version"]
    let expected = Dictionary(uniqueKeysWithValues: fields.map { ($0, ticket[$0]) })
    guard let (wanted, found) = replica.difference(from: expected) else { return nil }
    return suspicion(
      .ordersReplicaDiffers, id, expected: wanted, found: found, at: .orders, look: ["HGETALL", replica.key.name])
  }

  private func listing(_ isListed: Bool, _ ticket: Record, _ id: String) -> Suspicion? {
    let isFree = ticket["orderId"].isEmpty
    guard isListed != isFree else { return nil }
    return suspicion(
      .ticketListingDiffers, id, expected: "it is \(isFree ? "" : "not ")in \(TicketKeys.available)",
      found: "it is \(isListed ? "" : "not ")there", at: .tickets, look: ["ZSCORE", TicketKeys.available.name, id])
  }

  private func list(_ isListed: Bool, _ ticket: Record, _ id: String) -> Suspicion? {
    guard !isListed else { return nil }
    let key = TicketKeys.user(ticket["userId"]).name
    return suspicion(
      .ticketListingDiffers, id, expected: "it is in its owner's list \(key)", found: "it is not", at: .tickets,
      look: ["ZSCORE", key, id])
  }

  /// Who holds it holds it: orders has it so too.
  private func holder(_ order: Record, _ ticket: Record, _ id: String) -> Suspicion? {
    guard !ticket["orderId"].isEmpty else { return nil }
    let status = OrderStatus(rawValue: order["status"])
    guard order["ticketId"] != id || status == nil || status == .cancelled else { return nil }
    return suspicion(
      .ticketsReplicaDiffers, id, expected: "order \(ticket["orderId"]), by which it is held, is a live one of it",
      found: order.exists ? "it is \(order["status"])" : "there is no such order", at: .tickets,
      look: ["HGETALL", ticket.key.name])
  }

  private func suspicion(
    _ name: Finding.Name, _ id: String, expected: String, found: String, at participant: Participant, look: [String]
  ) -> Suspicion {
    stores.suspicion(
      name, id, "ticket \(id)", expected: expected, found: found, at: participant, look: look)
  }
}
