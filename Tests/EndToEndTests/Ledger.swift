import Foundation
import Testing

/// What the sandbox has moved, as redis-cli shows it.
struct Ledger {
  /// Charged once more than refunded.
  let paidOrders: Set<String>

  init(redisPort: Int) async throws {
    try await self.init(at: ["-p", "\(redisPort)"])
  }

  init(at server: [String]) async throws {
    let json = try await redisCLI(server + ["--json", "XRANGE", "{payments}:sandbox:ledger", "-", "+"])
    let entries = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[Any]])
    var balance: [String: Int] = [:]
    for entry in entries {
      let fields = try #require(entry.last as? [String])
      let pairs = Dictionary(
        uniqueKeysWithValues: stride(from: 0, to: fields.count - 1, by: 2).map { (fields[$0], fields[$0 + 1]) })
      balance[try #require(pairs["order"]), default: 0] += pairs["kind"] == "charge" ? 1 : -1
    }
    #expect(balance.values.allSatisfy { $0 == 0 || $0 == 1 })
    paidOrders = Set(balance.filter { $0.value == 1 }.keys)
  }
}
