import EventBus
import OrdersService
import Redis
import TicketsService

/// Who looks at a list of theirs sees what is theirs: what a list names is there, and its owner's.
struct ListCheck: Check {
  let stores: Stores
  let list: PersonalList
  var title: String { "\(list.entity)s in lists" }

  /// `{…}:user:<id>` of a service.
  struct PersonalList: Sendable {
    let entity: String
    let participant: Participant
    let key: @Sendable (_ user: String) -> RedisKey
    let record: @Sendable (_ id: String) -> RedisKey
    let finding: Finding.Name

    static let orders = PersonalList(
      entity: "order", participant: .orders, key: { OrderKeys.user($0) }, record: { OrderKeys.order($0) },
      finding: .orderInForeignList)
    static let tickets = PersonalList(
      entity: "ticket", participant: .tickets, key: { TicketKeys.user($0) }, record: { TicketKeys.ticket($0) },
      finding: .ticketInForeignList)
  }

  func walk(_ visit: ([String], Int) async throws -> Void) async throws {
    try await stores.walk(list.participant, list.key) { users in
      for user in users {
        try await stores.walk(list.participant, members: list.key(user)) { members in
          try await visit(members.map { "\(user)\n\($0)" }, members.count)
        }
      }
    }
  }

  /// `ids` are a user and what is in the list, a line each.
  func examine(_ ids: [String]) async throws -> [Suspicion] {
    let entries = ids.compactMap { id -> (id: String, user: String, member: String)? in
      guard let end = id.firstIndex(of: "\n") else { return nil }
      return (id, String(id[..<end]), String(id[id.index(after: end)...]))
    }
    let client = try stores(list.participant)
    let records = try await client.records(entries.map { list.record($0.member) })
    // The entry after the record: what is gone from the list meanwhile is no longer looked at.
    let listed = try await client.scores(entries.map { (list.key($0.user), $0.member) })
    return zip(entries, zip(records, listed)).compactMap { entry, facts in
      let (record, score) = facts
      guard score != nil, record["userId"] != entry.user else { return nil }
      let key = list.key(entry.user).name
      return stores.suspicion(
        list.finding, entry.id, "\(list.entity) \(entry.member)",
        expected: "it is in the list \(key), so it is that user's",
        found: record.exists ? "it is that of \(record["userId"].printableWord)" : "there is no such \(list.entity)",
        at: list.participant, look: ["ZSCORE", key, entry.member])
    }
  }
}
