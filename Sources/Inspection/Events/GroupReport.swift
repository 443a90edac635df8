import EventBus
import Identifiers
import Redis

/// How far a consumer group has come with a subject.
package struct GroupReport: Sendable {
  package let subject: Subject
  package let group: Participant
  /// nil: the group does not exist, so its service has never listened to this Redis.
  package let state: State?

  package struct State: Sendable {
    package let consumers: Int
    /// Delivered and not acknowledged.
    package let pending: Int
    /// Not delivered yet.
    package let lag: Backlog
    /// Since the oldest pending event was published.
    package let oldestPending: Duration?
    /// Since the oldest event was published that has not been delivered.
    package let oldestUnread: Duration?
    let oldestPendingID: String?
  }

  /// All groups that there should be.
  package static func all(_ stores: Stores) async throws -> [GroupReport] {
    var reports: [GroupReport] = []
    for subject in Subject.allCases where !subject.subscribers.isEmpty {
      let client = try stores(subject.publisher)
      let now = UnixTime(milliseconds: try await client.time())
      let groups = try await client.groups(of: subject.stream)
      for group in subject.subscribers {
        let info = groups.first { $0.name == group.group }
        reports.append(
          GroupReport(
            subject: subject, group: group,
            state: try await info.mapAsync { try await State($0, subject, client, now: now) }))
      }
    }
    return reports
  }
}

extension GroupReport.State {
  fileprivate init(_ info: GroupInfo, _ subject: Subject, _ client: RedisClient, now: UnixTime) async throws {
    consumers = info.consumers
    pending = info.pending
    lag = try await client.backlog(of: subject.stream, after: info.lastDeliveredID)
    let oldest = try await client.xpending(subject.stream, group: info.name, count: 1).first
    oldestPendingID = oldest?.id
    func age(_ id: String?) -> Duration? {
      id.map { id in
        let time = Int64(clamping: EntryID(subject: subject, id: id).position.milliseconds)
        return .milliseconds(max(0, now.milliseconds - min(time, now.milliseconds)))
      }
    }
    oldestPending = age(oldest?.id)
    oldestUnread = age(lag.firstID)
  }
}

extension RedisClient {
  /// None where there is no such stream.
  func groups(of stream: RedisKey) async throws -> [GroupInfo] {
    do {
      return try await xinfoGroups(stream)
    } catch let error as RedisError where error.code == "ERR" {
      return []
    }
  }
}

extension Optional where Wrapped: Sendable {
  fileprivate func mapAsync<Result>(_ transform: (Wrapped) async throws -> Result) async rethrows -> Result? {
    guard let self else { return nil }
    return try await transform(self)
  }
}

extension GroupReport {
  package static func table(_ reports: [GroupReport], _ style: Style) -> String {
    var table = Table("SUBJECT", "GROUP", "CONSUMERS", "PENDING", "LAG", "OLDEST PENDING", "OLDEST UNREAD")
    for report in reports {
      guard let state = report.state else {
        table.add(report.subject.rawValue, report.group.group, "no group", "", "", "", "")
        continue
      }
      table.add(
        report.subject.rawValue, report.group.group, "\(state.consumers)", "\(state.pending)",
        "\(state.lag.count)\(state.lag.isCut ? "+" : "")", state.oldestPending?.rounded ?? "-",
        state.oldestUnread?.rounded ?? "-")
    }
    return table.text(style)
  }

  package var json: JSON {
    .object([
      "subject": .string(subject.rawValue), "group": .string(group.group), "exists": .boolean(state != nil),
      "consumers": state.map { .count($0.consumers) }, "pending": state.map { .count($0.pending) },
      "lag": state.map { .count($0.lag.count) }, "lagIsMore": state.map { .boolean($0.lag.isCut) },
      "oldestPendingMs": state.map { $0.oldestPending.map { .integer($0.wholeMilliseconds) } ?? .null },
      "oldestUnreadMs": state.map { $0.oldestUnread.map { .integer($0.wholeMilliseconds) } ?? .null },
    ])
  }
}
