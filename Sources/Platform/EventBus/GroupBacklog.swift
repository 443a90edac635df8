import Redis

/// How much of a stream a group has still before it, asked at each scrape: cheap where ``Backlog`` is exact.
struct GroupBacklog: Sendable, Hashable {
  let pending: Int
  /// nil: the server cannot tell, as after entries were deleted from the middle.
  let lag: Int?
  let deadLetters: Int
}

extension GroupBacklog {
  init(of participant: Participant, in subject: Subject, _ redis: RedisClient) async throws {
    let deadLetters = try await redis.xlen(subject.deadLetters(of: participant))
    guard try await redis.exists(subject.stream) else {
      self.init(pending: 0, lag: 0, deadLetters: deadLetters)
      return
    }
    let stream = try await redis.xinfoStream(subject.stream)
    let group = try await redis.xinfoGroups(subject.stream).first { $0.name == participant.group }
    self.init(
      pending: group?.pending ?? 0, lag: group.map { Self.lag(of: $0, in: stream) } ?? stream.length,
      deadLetters: deadLetters)
  }

  /// The server's own number, but where it is wrong: Redis 7.0 goes on counting entries that were trimmed unread.
  private static func lag(of group: GroupInfo, in stream: StreamInfo) -> Int? {
    let read = EntryID.position(of: group.lastDeliveredID)
    guard let first = stream.firstEntry, read < EntryID.position(of: stream.lastGeneratedID) else { return 0 }
    return read < EntryID.position(of: first.id) ? stream.length : group.lag
  }
}
