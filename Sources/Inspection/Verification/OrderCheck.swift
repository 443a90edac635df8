import EventBus
import ExpirationService
import Identifiers
import OrdersService
import PaymentsService
import Redis
import TicketsService

/// Each order beside all that follows from it.
struct OrderCheck: Check {
  let stores: Stores
  let settings: VerificationSettings
  let title = "orders"

  func walk(_ visit: ([String], Int) async throws -> Void) async throws {
    try await stores.walk(.orders, OrderKeys.order) { try await visit($0, $0.count) }
  }

  func examine(_ ids: [String]) async throws -> [Suspicion] {
    var suspicions: [Suspicion] = []
    for facts in try await OrderFacts.read(ids, stores) {
      guard facts.status != nil, let expiresAt = facts.order.number("expiresAt"), !facts.ticketID.isEmpty else {
        suspicions.append(suspicion(.recordMalformed, facts, expected: "an order", found: "something else"))
        continue
      }
      let found =
        [
          try await holder(facts), openSet(facts, expiresAt), list(facts), overdue(facts, expiresAt),
          timer(facts, expiresAt), payable(facts), ticket(facts), payment(facts),
        ] as [Suspicion?]
      suspicions += found.compactMap { $0 }
    }
    return suspicions
  }

  /// One live order per ticket, and that is the one that the live pointer names.
  private func holder(_ facts: OrderFacts) async throws -> Suspicion? {
    guard facts.isLive, facts.live != facts.id else { return nil }
    let key = OrderKeys.live(facts.ticketID)
    guard let rival = facts.live else {
      return suspicion(
        .livePointerMissing, facts, expected: "\(key) is this order, which is \(facts.order["status"])",
        found: "there is no such key", look: ["GET", key.name])
    }
    let other = try await stores(.orders).record(OrderKeys.order(rival))
    let isLive = OrderStatus(rawValue: other["status"]).map { $0 != .cancelled } ?? false
    return suspicion(
      isLive ? .secondLiveOrder : .livePointerMissing, facts,
      expected: isLive
        ? "one live order of ticket \(facts.ticketID)" : "\(key) is this order, which is \(facts.order["status"])",
      found: "this one is \(facts.order["status"]), and \(rival), which \(key) names, is "
        + (other.exists ? other["status"] : "no order"),
      look: isLive ? ["HGETALL", facts.order.key.name] : ["GET", key.name])
  }

  private func openSet(_ facts: OrderFacts, _ expiresAt: Int64) -> Suspicion? {
    let expected = facts.isOpen ? expiresAt : nil
    guard facts.open != expected else { return nil }
    return suspicion(
      .openSetDiffers, facts,
      expected: expected.map { "\(OrderKeys.open) has it with \($0)" } ?? "\(OrderKeys.open) has it no more",
      found: facts.open.map { "it has it with \($0)" } ?? "it has it not",
      look: ["ZSCORE", OrderKeys.open.name, facts.id])
  }

  private func list(_ facts: OrderFacts) -> Suspicion? {
    guard !facts.isListed else { return nil }
    let key = OrderKeys.user(facts.order["userId"]).name
    return suspicion(
      .orderNotListed, facts, expected: "it is in its owner's list \(key)", found: "it is not",
      look: ["ZSCORE", key, facts.id])
  }

  private func overdue(_ facts: OrderFacts, _ expiresAt: Int64) -> Suspicion? {
    // While it is being paid it does not expire; the attempt has a limit of its own.
    guard facts.status == .created, expiresAt < facts.now,
      facts.now - max(0, expiresAt) > settings.grace.wholeMilliseconds
    else { return nil }
    return suspicion(
      .orderOverdue, facts, expected: "it was cancelled at \(expiresAt)",
      found: "it is created, \(Duration.milliseconds(facts.now - max(0, expiresAt)).rounded) later")
  }

  private func timer(_ facts: OrderFacts, _ expiresAt: Int64) -> Suspicion? {
    guard facts.isOpen, expiresAt > facts.now, facts.timer != expiresAt else { return nil }
    let key = ExpirationKeys.due.name
    return suspicion(
      facts.timer == nil ? .timerMissing : .timerDiffers, facts, expected: "\(key) has it with \(expiresAt)",
      found: facts.timer.map { "it has it with \($0)" } ?? "it has it not", at: .expiration,
      look: ["ZSCORE", key, facts.id])
  }

  /// What payments knows of it: whether it was cancelled, and who pays how much.
  private func payable(_ facts: OrderFacts) -> Suspicion? {
    let isCancelled = facts.status == .cancelled
    let expected = [
      "userId": facts.order["userId"], "price": facts.order["price"], "status": isCancelled ? "cancelled" : "created",
      "version": isCancelled ? "\(facts.version)" : "0",
    ]
    guard let (wanted, found) = facts.payable.difference(from: expected) else { return nil }
    return suspicion(
      .paymentsReplicaDiffers, facts, expected: wanted, found: found, at: .payments,
      look: ["HGETALL", facts.payable.key.name])
  }

  /// The ticket is held by its live order, and by no other.
  private func ticket(_ facts: OrderFacts) -> Suspicion? {
    let (reservation, version) = (facts.order.number("reservation") ?? 0, facts.version)
    let (heard, heardVersion) = (facts.ticket.number("reservation") ?? -1, facts.ticket.number("orderVersion") ?? -1)
    if (heard, heardVersion) < (reservation, version) {
      return suspicion(
        .ticketsReplicaDiffers, facts,
        expected: "tickets has heard of version \(version) of ticket \(facts.ticketID)'s reservation \(reservation)",
        found: heard < 0 ? "it has heard of none" : "the latest is version \(heardVersion) of reservation \(heard)",
        at: .tickets, look: ["HGETALL", facts.ticket.key.name])
    }
    let holder = facts.ticket["orderId"]
    guard facts.isLive != (holder == facts.id) else {
      let isSold = facts.status == .complete
      guard facts.isLive, isSold != (facts.ticket["sold"] == "1") else { return nil }
      return suspicion(
        .ticketsReplicaDiffers, facts, expected: "ticket \(facts.ticketID) is \(isSold ? "" : "not ")sold",
        found: isSold ? "it is not" : "it is", at: .tickets, look: ["HGETALL", facts.ticket.key.name])
    }
    return suspicion(
      .ticketsReplicaDiffers, facts,
      expected:
        "ticket \(facts.ticketID) is \(facts.isLive ? "" : "not ")held by it, for it is \(facts.order["status"])",
      found: holder.isEmpty ? "it is held by none" : "it is held by \(holder)", at: .tickets,
      look: ["HGETALL", facts.ticket.key.name])
  }

  private func payment(_ facts: OrderFacts) -> Suspicion? {
    switch facts.status {
    case .awaitingPayment:
      guard facts.attempt["status"] != "pending" else { return nil }
      return suspicion(
        .awaitingWithoutAttempt, facts, expected: "attempt \(facts.order["attempt"]) is pending",
        found: facts.attempt.exists ? "it is \(facts.attempt["status"])" : "there is no such attempt", at: .payments,
        look: ["HGETALL", facts.attempt.key.name])
    case .complete:
      let paid = ["status": "succeeded", "amount": facts.order["price"], "orderId": facts.id]
      let differing =
        facts.attempt.difference(from: paid.merging(["paymentId": facts.order["paymentId"]]) { $1 })
        .map { ($0, facts.attempt) } ?? facts.payment.difference(from: paid).map { ($0, facts.payment) }
      guard let ((wanted, found), record) = differing else { return nil }
      return suspicion(
        .completeOrderWithoutPayment, facts, expected: wanted, found: found, at: .payments,
        look: ["HGETALL", record.key.name])
    case .created, .cancelled, nil: return nil
    }
  }

  private func suspicion(
    _ name: Finding.Name, _ facts: OrderFacts, expected: String, found: String, at participant: Participant = .orders,
    look: [String]? = nil
  ) -> Suspicion {
    stores.suspicion(
      name, facts.id, "order \(facts.id)", expected: expected, found: found, at: participant,
      look: look ?? ["HGETALL", facts.order.key.name])
  }
}

extension Record {
  /// The fields that are not as they must be; nil: all are.
  func difference(from expected: [String: String]) -> (expected: String, found: String)? {
    guard exists else { return ("\(key) exists", "there is no such key") }
    let differing = expected.keys.filter { self[$0] != expected[$0] }.sorted()
    guard !differing.isEmpty else { return nil }
    return (
      "\(key) has " + differing.map { "\($0) \((expected[$0] ?? "").printableWord)" }.joined(separator: ", "),
      "it has " + differing.map { "\($0) \(self[$0].printableWord)" }.joined(separator: ", ")
    )
  }
}
