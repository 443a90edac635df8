import Identifiers
import Logging
import Redis
import ServiceLifecycle

/// Keeps a participant's own streams short: removes what all of its subscribers have applied and is older than the
/// retention. Dead letters stay for ever.
struct StreamTrimmer: Service {
  let participant: Participant
  /// The participant's.
  let redis: RedisClient
  let retention: Duration
  let logger: Logger

  /// Looks at what the groups have and trims in one step, so that nothing can come between; a second process that does
  /// the same does no harm. A run removes some 1,000 entries at most, whole nodes of the stream first, so that it does
  /// not hold up the server.
  ///
  /// KEYS[1] STREAM
  /// ARGV[1] retention in milliseconds, ARGV[2…] the groups that must have applied an entry
  /// Returns how many were removed by nodes (then there may be more), or -1 where a group is missing.
  private static let script = RedisScript(
    """
    -- Trims KEYS[1] below the oldest entry that one of the groups ARGV[2...] needs, and what is younger than ARGV[1] ms.
    if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
    \(EntryID.luaOrder)
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    local bound = string.format('%.0f-0', math.max(0, now - tonumber(ARGV[1])))
    local delivered = {}
    for _, fields in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
      local group = {}
      for i = 1, #fields, 2 do group[fields[i]] = fields[i + 1] end
      delivered[group.name] = group['last-delivered-id']
    end
    for i = 2, #ARGV do
      local needed = delivered[ARGV[i]]
      if not needed then return -1 end
      local oldest = redis.call('XPENDING', KEYS[1], ARGV[i])[2]
      if oldest and before(oldest, needed) then needed = oldest end
      if before(needed, bound) then bound = needed end
    end
    local removed = redis.call('XTRIM', KEYS[1], 'MINID', '~', bound, 'LIMIT', 1000)
    if removed == 0 then redis.call('XTRIM', KEYS[1], 'MINID', bound) end
    return removed
    """)

  /// Until graceful shutdown or cancellation.
  func run() async throws {
    await cancelWhenGracefulShutdown {
      while (try? await Task.sleep(for: .seconds(60) * .random(in: 0.5...1.5))) != nil {
        do {
          try await trim()
        } catch {
          logger.debug("streams cannot be trimmed", metadata: ["cause": "\(error)"])
        }
      }
    }
  }

  func trim() async throws {
    for subject in Subject.published(by: participant) {
      let arguments: [RedisArgument] =
        [.integer(retention.wholeMilliseconds)] + subject.subscribers.map { .string($0.group) }
      var removed: Int
      repeat {
        removed = try await redis.run(Self.script, keys: [subject.stream], arguments: arguments).int()
      } while removed > 0
      if removed < 0 {
        logger.debug("a stream is not trimmed: not all groups are there", metadata: ["stream": "\(subject.stream)"])
      }
    }
  }
}
