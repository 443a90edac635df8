import Redis

/// How setting a group back ended.
package enum GroupReset: Sendable, Hashable {
  /// `redelivered` entries come again, counted up to a limit.
  case done(redelivered: Backlog)
  /// The group has not come that far: moving it would make it miss events.
  case wouldSkip
  case noGroup
  /// The id is none.
  case malformedID
}

extension RedisSender {
  /// Has a group be given again everything from the entry `id` on.
  package func setBack(_ group: String, of stream: RedisKey, to id: String) async throws -> GroupReset {
    guard let before = EntryID.text(before: id) else { return .malformedID }
    let reply = try await run(.setBack, keys: [stream], arguments: [.string(group), .string(before)])
    switch try reply.int() {
    case 1: return .done(redelivered: try await backlog(of: stream, after: before))
    case 0: return .wouldSkip
    default: return .noGroup
    }
  }
}

extension EntryID {
  /// The id right before another; nil for what is no id.
  static func text(before id: String) -> String? {
    let parts = id.split(separator: "-", omittingEmptySubsequences: false).map { UInt64($0) }
    guard (1...2).contains(parts.count), let milliseconds = parts[0], let number = parts.count == 2 ? parts[1] : 0
    else { return nil }
    if number > 0 { return "\(milliseconds)-\(number - 1)" }
    return milliseconds == 0 ? "0-0" : "\(milliseconds - 1)-\(UInt64.max)"
  }
}

extension RedisScript {
  /// KEYS[1] STREAM
  /// ARGV[1] group, ARGV[2] the entry that it is to have read last
  /// Returns 1; 0 where the group has not come that far, -1 where there is no such group.
  fileprivate static let setBack = RedisScript(
    """
    -- Sets KEYS[1]'s group ARGV[1] back to ARGV[2], never forward.
    \(EntryID.luaOrder)
    if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
    for _, fields in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
      local group = {}
      for i = 1, #fields, 2 do group[fields[i]] = fields[i + 1] end
      if group.name == ARGV[1] then
        if before(group['last-delivered-id'], ARGV[2]) then return 0 end
        redis.call('XGROUP', 'SETID', KEYS[1], ARGV[1], ARGV[2])
        return 1
      end
    end
    return -1
    """)
}
