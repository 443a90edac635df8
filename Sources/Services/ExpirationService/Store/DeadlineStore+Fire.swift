import EventBus
import EventMessages
import Identifiers
import Redis
import TicketingProto

extension DeadlineStore {
  /// How many timers one script fires: the server does nothing else for about 2 ms.
  static let batch = 256

  /// Fires these timers, as far as they are still there and due, and looks which others are.
  func fire(_ timers: [DueTimer]) async throws -> DueTimers {
    let at = UnixTime.now()
    var arguments: [RedisArgument] = [.int(Self.batch)]
    arguments.reserveCapacity(1 + 4 * timers.count)
    for timer in timers {
      // The script puts in its own time.
      let event = try Event(ExpirationV1.ExpirationComplete(orderID: timer.order), at: at, trace: timer.trace)
      arguments += [
        .string(timer.order), .string(event.header.id), .string(timer.trace), .buffer(event.data),
      ]
    }
    let reply = try await redis.run(
      .fire, keys: [ExpirationKeys.due, Subject.expirationComplete.stream, ExpirationKeys.traces], arguments: arguments)
    let parts = try reply.array()
    guard parts.count == 4 else {
      throw reply.unexpected("now, the time to the next timer, what was fired, what is due")
    }
    let next = try parts[1].int64()
    return DueTimers(
      now: UnixTime(milliseconds: try parts[0].int64()), next: next < 0 ? nil : .milliseconds(next),
      fired: try parts[2].array().compactMap { try $0.bytes().string },
      due: try parts[3].array().compactMap { try DueTimer($0) })
  }
}

extension DueTimer {
  /// nil for a member that is no text, which somebody else has put there.
  fileprivate init?(_ reply: RESPValue) throws {
    let parts = try reply.array()
    guard parts.count == 3 else { throw reply.unexpected("order, deadline and trace") }
    guard let order = try parts[0].bytes().string else { return nil }
    let deadline = try parts[1].double().rounded()
    self.init(
      order: order, deadline: UnixTime(milliseconds: Int64(exactly: deadline) ?? 0),
      trace: try parts[2].bytes().string ?? "")
  }
}

extension RedisScript {
  /// Moves timers that are due to the stream, and answers which others are.
  fileprivate static let fire = RedisScript(
    """
    -- Fires timers, each exactly once however many workers have it in their list, and looks for more.
    -- KEYS[1] ZSET order id -> Unix milliseconds: the timers
    -- KEYS[2] STREAM expiration:complete
    -- KEYS[3] HASH order id -> trace
    -- ARGV[1] how many due orders to answer at most
    -- ARGV[2…] four a timer: order id, the event's id, its trace, its message
    -- Returns {now, milliseconds until the next is due (0: now, -1: there is none), {order id it fired, …},
    -- {{order id, deadline, trace}, …}}
    -- Guards: a timer that is gone (fired by another worker, unscheduled) or not due by this server's clock is left
    -- alone. XADD comes before ZREM: if it fails, the timer stays.
    local t=redis.call('TIME')
    local now=t[1]*1000+math.floor(t[2]/1000)
    local at=string.format('%.0f',now)
    local fired={}
    for i=2,#ARGV,4 do
      local id=ARGV[i]
      local score=redis.call('ZSCORE',KEYS[1],id)
      if score and tonumber(score)<=now then
        redis.call('XADD',KEYS[2],'*','id',ARGV[i+1],'key',id,'version','0','at',at,'trace',ARGV[i+2],'data',ARGV[i+3])
        redis.call('ZREM',KEYS[1],id)
        redis.call('HDEL',KEYS[3],id)
        fired[#fired+1]=id
      end
    end
    local head=redis.call('ZRANGE',KEYS[1],0,0,'WITHSCORES')
    if not head[1] then return {now,-1,fired,{}} end
    local wait=math.max(0,math.min(tonumber(head[2])-now,3600000))
    local found={}
    if wait==0 then
      local due=redis.call('ZRANGE',KEYS[1],'-inf',at,'BYSCORE','LIMIT',0,ARGV[1],'WITHSCORES')
      for i=1,#due,2 do found[#found+1]={due[i],due[i+1],redis.call('HGET',KEYS[3],due[i]) or ''} end
    end
    return {now,math.ceil(wait),fired,found}
    """)
}
