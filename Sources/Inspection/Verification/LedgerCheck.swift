import Identifiers
import OrdersService
import PaymentsService
import Redis

/// The sandbox's ledger: complete orders are charged once, at their price, and nobody else is. Where Stripe pays there
/// is none, and `PaymentCheck` is what there is.
struct LedgerCheck: Check {
  let stores: Stores
  let title = "charges"

  /// Orders that are remembered at a time. Where the ledger has more entries, it is gone through more than once, for a
  /// part of the orders each time.
  private static let remembered = 250_000
  private static let page = 500

  /// What the ledger says of an order.
  private struct Account {
    /// nil: it is not complete.
    let price: Int64?
    /// The order says that its money is back.
    let isBack: Bool
    /// Charges less refunds.
    var balance = 0
    var isAmountWrong = false

    /// `order` as it is stored; nil: there is none.
    init(of order: Record?) {
      let order = order?["status"] == OrderStatus.complete.rawValue ? order : nil
      price = order.map { $0.number("price") ?? -1 }
      isBack = order.map { ["refunded", "charged-back"].contains($0["reversal"]) } ?? false
    }

    var isAsItMustBe: Bool {
      (balance == (price == nil ? 0 : 1) || (isBack && balance == 0)) && !isAmountWrong
    }

    mutating func add(_ entry: LedgerEntry) {
      balance += entry.isCharge ? 1 : -1
      if let price, entry.amount != price { isAmountWrong = true }
    }
  }

  func walk(_ visit: ([String], Int) async throws -> Void) async throws {
    let payments = try stores(.payments)
    let length = try await payments.xlen(PaymentKeys.sandboxLedger)
    guard length > 0 else { return }
    let parts = length / Self.remembered + 1
    for part in 0..<parts {
      func isMine(_ id: String) -> Bool { Int(UInt(bitPattern: id.hashValue) % UInt(parts)) == part }
      var accounts: [String: Account] = [:]
      try await stores.walk(.orders, OrderKeys.order) { ids in
        let ids = ids.filter(isMine)
        for (id, order) in zip(ids, try await stores(.orders).records(ids.map { OrderKeys.order($0) }))
        where order["status"] == OrderStatus.complete.rawValue {
          accounts[id] = Account(of: order)
        }
      }
      // Read after the orders: who was complete has been charged.
      try await stores.walk(.payments, entries: PaymentKeys.sandboxLedger) { entries in
        for entry in entries.map(LedgerEntry.init) where isMine(entry.orderID) {
          accounts[entry.orderID, default: Account(of: nil)].add(entry)
        }
        try await visit([], part == 0 ? entries.count : 0)
      }
      for ids in accounts.filter({ !$0.value.isAsItMustBe }).keys.sorted().pages(of: Self.page) {
        try await visit(ids, 0)
      }
    }
  }

  /// `ids` are orders.
  func examine(_ ids: [String]) async throws -> [Suspicion] {
    var suspicions: [Suspicion] = []
    for id in ids { suspicions += try await examine(id).map { [$0] } ?? [] }
    return suspicions
  }

  private func examine(_ id: String) async throws -> Suspicion? {
    let order = try await stores(.orders).record(OrderKeys.order(id))
    let isComplete = order["status"] == OrderStatus.complete.rawValue
    var account = Account(of: order)
    var charges: [LedgerEntry] = []
    // Nothing is charged before there is an order; what is no id may have been charged at any time.
    let start = max(0, (ULID(id)?.milliseconds ?? 0) - EventSearch.clockDifference)
    try await stores.walk(.payments, entries: PaymentKeys.sandboxLedger, from: "\(start)") { entries in
      for entry in entries.map(LedgerEntry.init) where entry.orderID == id {
        account.add(entry)
        if entry.isCharge { charges.append(entry) }
      }
    }
    guard !account.isAsItMustBe, let last = charges.last else {
      guard isComplete, charges.isEmpty else { return nil }
      return suspicion(.completeOrderWithoutCharge, id, expected: "it is complete, so it was charged", found: "never")
    }
    if account.balance > 1 {
      return suspicion(.chargedTwice, id, expected: "one charge", found: "\(account.balance) that stay", last)
    }
    if isComplete, account.balance < 1 {
      return suspicion(
        .completeOrderWithoutCharge, id, expected: "it is complete, so its charge stays", found: "it was refunded", last
      )
    }
    if isComplete {
      return suspicion(
        .chargeDiffers, id, expected: "\(order["price"]) cents", found: "\(last.amount ?? 0) cents", last)
    }
    // The payments service still works on it, and AttemptCheck looks how long.
    let isInHand = try await stores(.payments).scores([(PaymentKeys.unresolved, "\(id):\(last.attempt)")]) != [nil]
    guard account.balance == 1, !isInHand else { return nil }
    return suspicion(
      .chargeWithoutOrder, id, expected: "a complete order, or a refund",
      found: order.exists ? "the order is \(order["status"])" : "there is no such order", last)
  }

  private func suspicion(
    _ name: Finding.Name, _ id: String, expected: String, found: String, _ entry: LedgerEntry? = nil
  ) -> Suspicion {
    let command =
      entry.map { stores.command(.payments, "XRANGE", PaymentKeys.sandboxLedger.name, $0.id, $0.id) }
      ?? stores.command(.orders, "HGETALL", OrderKeys.order(id).name)
    return Suspicion(
      id: id,
      finding: Finding(
        name: name, entity: name == .chargeWithoutOrder ? "charge of order \(id)" : "order \(id)", expected: expected,
        found: found, command: command))
  }
}

private struct LedgerEntry {
  let id: String
  let orderID: String
  let attempt: String
  let isCharge: Bool
  let amount: Int64?

  init(_ entry: StreamEntry) {
    id = entry.id
    orderID = entry.fields?["order"]?.description ?? ""
    attempt = entry.fields?["attempt"]?.description ?? ""
    isCharge = entry.fields?["kind"].map { $0 == "charge" } ?? false
    amount = entry.fields?["amount"]?.int64
  }
}
