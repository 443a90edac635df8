import EventBus
import Redis

extension RedisClient {
  /// As a service does it: with a change of its state.
  @discardableResult
  func publish(_ events: Event...) async throws -> [String] {
    var commit = Commit()
    for event in events { commit.publish(event) }
    guard case .applied(let ids) = try await self.commit(commit) else { return [] }
    return ids
  }

  /// All that a group has in hand of a subject; 0 also where it has been given everything.
  func pendingCount(_ subject: Subject, of participant: Participant) async throws -> Int {
    try await xinfoGroups(subject.stream).first { $0.name == participant.group }?.pending ?? 0
  }

  /// Whether a group has been given and has acknowledged everything.
  func isFinished(_ subject: Subject, by participant: Participant) async throws -> Bool {
    guard let group = try await xinfoGroups(subject.stream).first(where: { $0.name == participant.group }) else {
      return false
    }
    let last = try await xinfoStream(subject.stream).lastGeneratedID
    return group.pending == 0 && group.lastDeliveredID == last
  }

  func deadLetters(_ subject: Subject, of participant: Participant) async throws -> [StreamEntry] {
    try await xrange(subject.deadLetters(of: participant))
  }
}

extension RedisClient {
  func areOrdersFinished(by participant: Participant) async throws -> Bool {
    let created = try await isFinished(.orderCreated, by: participant)
    let cancelled = try await isFinished(.orderCancelled, by: participant)
    return created && cancelled
  }
}
