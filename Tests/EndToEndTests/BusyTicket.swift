import Foundation
import Redis
import Synchronization
import Testing

/// One ticket that is reserved and given back all the time, beside others whose sellers change the price all the time.
///
/// How far orders is behind tickets is measured by one more ticket, which is changed and looked for in orders' copy.
final class BusyTicket: Sendable {
  /// What came of a load.
  struct Report: Sendable {
    var reservations = 0
    var edits = 0
    /// From the answer to an edit until orders knew of it.
    var lags: [Duration] = []
    /// Answers that are neither success nor what a rival, or a process that is away, explains.
    var surprises: [String] = []

    func lag(_ share: Double) -> Duration {
      let sorted = lags.sorted()
      return sorted.isEmpty ? .zero : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }
  }

  private let purchase: Purchase
  private let redis: RedisClient
  private let hot: String
  private let probe: String
  private let others: [String]
  private let report = Mutex(Report())

  private static let reservers = 3
  private static let editors = 2

  init(_ purchase: Purchase, redis: RedisClient, others count: Int = 100) async throws {
    var purchase = purchase
    hot = try await purchase.sell("Hot")
    probe = try await purchase.sell("Probe")
    var others: [String] = []
    for number in 0..<count { others.append(try await purchase.sell("Other \(number)")) }
    try await purchase.waitUntilKnown(others.last)
    self.others = others
    self.purchase = purchase
    self.redis = redis
  }

  /// For `duration`, while `meanwhile` goes on; returns when both have ended.
  func load(for duration: Duration, _ meanwhile: @escaping @Sendable () async throws -> Void = {}) async throws
    -> Report
  {
    let end = ContinuousClock.now + duration
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await meanwhile() }
      for _ in 0..<Self.reservers { group.addTask { await self.reserve(until: end) } }
      for number in 0..<Self.editors { group.addTask { await self.edit(number, until: end) } }
      group.addTask { await self.measure(until: end) }
      try await group.waitForAll()
    }
    return report.withLock { $0 }
  }

  /// Waits until orders knows every ticket as tickets has it; returns how long that took.
  func settle(within seconds: Double) async throws -> Duration {
    let start = ContinuousClock.now
    for ticket in [hot, probe] + others {
      try await eventually("orders knows \(ticket) as it is", within: seconds) {
        let fields = ["version", "price", "title"]
        let owner = try await redis.hmget(RedisKey("{tickets}:ticket:\(ticket)"), fields)
        let copy = try await redis.hmget(RedisKey("{orders}:ticket:\(ticket)"), fields)
        return owner == copy && owner[0] != nil ? true : nil
      }
    }
    return .now - start
  }

  /// Ten times a second each.
  private func reserve(until end: ContinuousClock.Instant) async {
    var buyer = purchase.buyer
    while .now < end {
      let next = ContinuousClock.now + .milliseconds(100)
      if let answer = await answer(&buyer, "POST", "/api/orders", ["ticketId": hot], expected: [201, 400]),
        answer.status == 201, let order = answer["id"]
      {
        report.withLock { $0.reservations += 1 }
        // Until it is done: nothing is to hold the ticket in the end.
        while await self.answer(&buyer, "DELETE", "/api/orders/\(order)", nil, expected: [204]) == nil {
          try? await Task.sleep(for: .milliseconds(50))
        }
      }
      try? await Task.sleep(until: next)
    }
  }

  /// Goes round the tickets, twenty a second each.
  private func edit(_ number: Int, until end: ContinuousClock.Instant) async {
    var seller = purchase.seller
    var round = number
    while .now < end {
      let next = ContinuousClock.now + .milliseconds(50)
      round += Self.editors
      let change: [String: Any] = ["title": "Other", "price": 10 + round % 90]
      if await answer(
        &seller, "PUT", "/api/tickets/\(others[round % others.count])", change, expected: [200, 409]) != nil
      {
        report.withLock { $0.edits += 1 }
      }
      try? await Task.sleep(until: next)
    }
  }

  private func measure(until end: ContinuousClock.Instant) async {
    var seller = purchase.seller
    let key = RedisKey("{orders}:ticket:\(probe)")
    while .now < end {
      let next = ContinuousClock.now + .milliseconds(200)
      if let answer = await answer(
        &seller, "PUT", "/api/tickets/\(probe)", ["title": "Probe", "price": 5], expected: [200]),
        let version = answer["version"].flatMap(Int64.init)
      {
        let start = ContinuousClock.now
        // Those that never come are what the end looks for.
        while .now < end, (try? await redis.hget(key, "version")?.int64).flatMap({ $0 }) ?? -1 < version {
          try? await Task.sleep(for: .milliseconds(2))
        }
        report.withLock { $0.lags.append(.now - start) }
      }
      try? await Task.sleep(until: next)
    }
  }

  /// nil: not as expected. That a process is away is no surprise.
  private func answer(
    _ client: inout APIClient, _ method: String, _ path: String, _ body: [String: Any]?, expected: Set<Int>
  ) async -> APIClient.Answer? {
    do {
      let answer = try await client.send(method, path, body)
      if expected.contains(answer.status) { return answer }
      if ![503, 504].contains(answer.status) {
        report.withLock { $0.surprises.append("\(method) \(path): \(answer.status) \(answer.object)") }
      }
    } catch {
      report.withLock { $0.surprises.append("\(method) \(path): \(error)") }
    }
    return nil
  }
}
