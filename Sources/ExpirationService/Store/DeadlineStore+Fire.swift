import EventBus
import Identifiers
import Redis
import TicketingProto

/// What a look at the timers found.
struct DueTimers: Sendable {
  /// By the server's clock.
  let now: UnixTime
  /// Until the next timer is due, an hour at most; nil: there is none.
  let next: Duration?
  /// How many this look has fired.
  let fired: Int
  /// Orders whose time is over and that were not among those just fired.
  let orders: [String]
}

extension DeadlineStore {
  /// How many timers one script fires: the server does nothing else for about 2 ms.
  static let batch = 256

  /// Fires the timers of these orders, as far as they are still there and due, and looks which others are.
  func fire(_ orders: [String]) async throws -> DueTimers {
    let at = UnixTime.now()
    var arguments: [RedisArgument] = [.int(Self.batch)]
    arguments.reserveCapacity(1 + 3 * orders.count)
    for order in orders {
      // The script puts in its own time.
      let event = try Event(
        .expirationComplete, key: order, version: 0, at: at, trace: "",
        message: ExpirationV1.ExpirationComplete(orderID: order))
      arguments += [.string(order), .string(event.header.id), .buffer(event.data)]
    }
    let reply = try await redis.run(
      .fire, keys: [ExpirationKeys.due, Subject.expirationComplete.stream], arguments: arguments)
    let parts = try reply.array()
    guard parts.count >= 3 else { throw reply.unexpected("now, the time to the next timer and what was fired") }
    let next = try parts[1].int64()
    return DueTimers(
      now: UnixTime(milliseconds: try parts[0].int64()), next: next < 0 ? nil : .milliseconds(next),
      fired: try parts[2].int(), orders: try parts.dropFirst(3).compactMap { try $0.bytes().string })
  }
}

extension RedisScript {
  /// Moves timers that are due to the stream, and answers which others are.
  fileprivate static let fire = RedisScript(
    """
    -- Fires timers, each exactly once however many workers have it in their list, and looks for more.
    -- KEYS[1] ZSET order id -> Unix milliseconds: the timers
    -- KEYS[2] STREAM expiration:complete
    -- ARGV[1] how many due orders to answer at most
    -- ARGV[2…] three a timer: order id, the event's id, the event's message
    -- Returns {now, milliseconds until the next is due (0: now, -1: there is none), how many it fired, order id…}
    -- Guards: a timer that is gone (fired by another worker, unscheduled) or not due by this server's clock is left
    -- alone. XADD comes before ZREM: if it fails, the timer stays.
    local t=redis.call('TIME')
    local now=t[1]*1000+math.floor(t[2]/1000)
    local at=string.format('%.0f',now)
    local fired=0
    for i=2,#ARGV,3 do
      local score=redis.call('ZSCORE',KEYS[1],ARGV[i])
      if score and tonumber(score)<=now then
        redis.call('XADD',KEYS[2],'*','id',ARGV[i+1],'key',ARGV[i],'version','0','at',at,'trace','','data',ARGV[i+2])
        redis.call('ZREM',KEYS[1],ARGV[i])
        fired=fired+1
      end
    end
    local head=redis.call('ZRANGE',KEYS[1],0,0,'WITHSCORES')
    if not head[1] then return {now,-1,fired} end
    local wait=math.max(0,math.min(tonumber(head[2])-now,3600000))
    local reply={now,math.ceil(wait),fired}
    if wait>0 then return reply end
    local due=redis.call('ZRANGE',KEYS[1],'-inf',at,'BYSCORE','LIMIT',0,ARGV[1])
    for _,id in ipairs(due) do reply[#reply+1]=id end
    return reply
    """)
}
