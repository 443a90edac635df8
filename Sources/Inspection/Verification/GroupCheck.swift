import EventBus
import Redis

/// The events reach everybody, and what is acknowledged is on disk.
struct GroupCheck: Check {
  let stores: Stores
  let settings: VerificationSettings
  let title = "groups"

  func walk(_ visit: ([String], Int) async throws -> Void) async throws {
    let groups = try DeadLetterReport.streams(stores).map { "\($0.subject.rawValue) \($0.group.group)" }
    try await visit(groups, groups.count)
  }

  /// Looks at all of them, whatever the ids: there are few.
  func examine(_ ids: [String]) async throws -> [Suspicion] {
    var suspicions: [Suspicion] = []
    for report in try await GroupReport.all(stores) { suspicions += try await examine(report) }
    for stream in try DeadLetterReport.streams(stores) {
      let count = try await stream.count()
      guard count > 0 else { continue }
      suspicions.append(
        suspicion(
          .deadLetters, stream.subject, stream.group, expected: "no dead letters", found: "\(count)",
          look: ["XRANGE", stream.key.name, "-", "+"]))
    }
    for (client, participants) in stores.distinct {
      guard case .lacking(let reasons) = try await client.durability(), let first = participants.first else { continue }
      suspicions.append(
        stores.suspicion(
          .redisNotDurable, "durability \(first.rawValue)",
          "Redis of \(participants.map(\.rawValue).joined(separator: ", "))",
          expected: "what it acknowledges is on disk", found: reasons.joined(separator: "; "), at: first,
          look: ["CONFIG", "GET", "append*"]))
    }
    return suspicions
  }

  private func examine(_ report: GroupReport) async throws -> [Suspicion] {
    let stream = report.subject.stream
    guard let state = report.state else {
      // Nobody has listened to a stream that nobody has written to.
      guard try await stores(report.subject.publisher).xlen(stream) > 0 else { return [] }
      return [
        suspicion(
          .groupMissing, report.subject, report.group, expected: "\(stream) has the group", found: "it has not",
          look: ["XINFO", "GROUPS", stream.name])
      ]
    }
    var suspicions: [Suspicion] = []
    if let age = state.oldestPending, age > settings.grace {
      suspicions.append(
        suspicion(
          .pendingTooLong, report.subject, report.group, expected: "what is delivered is applied",
          found: "\(state.pending) are pending, the oldest (\(state.oldestPendingID ?? "")) since \(age.rounded)",
          look: ["XPENDING", stream.name, report.group.group, "-", "+", "10"]))
    }
    if let age = state.oldestUnread, age > settings.grace {
      suspicions.append(
        suspicion(
          .unreadTooLong, report.subject, report.group, expected: "what is published is delivered",
          found: "\(state.lag.count) are not, the oldest since \(age.rounded)",
          look: ["XRANGE", stream.name, state.lag.firstID ?? "-", "+", "COUNT", "10"]))
    }
    return suspicions
  }

  private func suspicion(
    _ name: Finding.Name, _ subject: Subject, _ group: Participant, expected: String, found: String, look: [String]
  ) -> Suspicion {
    let entity = "\(subject.rawValue) for \(group.group)"
    return stores.suspicion(
      name, "\(name) \(entity)", entity, expected: expected, found: found, at: subject.publisher, look: look)
  }
}
