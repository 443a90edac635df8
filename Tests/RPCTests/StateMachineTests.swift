import NIOCore
import Testing

@testable import HTTP2
@testable import RPC

private func time(_ seconds: Double) -> NIODeadline {
  .uptimeNanoseconds(UInt64((1000 + seconds) * 1_000_000_000))
}

extension Issue {
  fileprivate static func fail(_ comment: Comment) {
    record(comment)
  }
}

private final class Timed: Expiring {
  let name: Int
  var dueTime: NIODeadline?

  init(_ name: Int) {
    self.name = name
  }
}

@Suite struct DeadlineQueueTests {
  @Test func `deadlines come out in their order`() {
    var queue = DeadlineQueue<Timed>()
    let order = [5, 3, 9, 1, 7, 2, 8, 0, 6, 4]
    for name in order { queue.insert(Timed(name), deadline: time(Double(name))) }
    #expect(queue.next == time(0))
    #expect(queue.popExpired(now: time(-1)) == nil)
    var found: [Int] = []
    while let next = queue.popExpired(now: time(4)) { found.append(next.name) }
    #expect(found == [0, 1, 2, 3, 4])
    #expect(queue.next == time(5))
  }

  @Test func `removed ones do not come out and do not pile up`() {
    var queue = DeadlineQueue<Timed>()
    let kept = Timed(-1)
    queue.insert(kept, deadline: time(500))
    for name in 0..<10_000 {
      let call = Timed(name)
      queue.insert(call, deadline: time(100))
      queue.remove(call)
      queue.remove(call)
    }
    #expect(queue.storedCount < 200)
    #expect(queue.popExpired(now: time(1000)) === kept)
    #expect(queue.popExpired(now: time(1000)) == nil)
  }
}

@Suite struct GuardTests {
  private func frame(_ type: UInt8, length: Int = 0, flags: UInt8 = 0) -> FrameHeader {
    FrameHeader(length: length, type: type, flags: flags, streamID: 1)
  }

  @Test(arguments: [0x2, 0x4, 0x6, 0x8, 0x9, 0xee] as [UInt8])
  func `frames that carry no call forward are bounded`(type: UInt8) {
    var floodGuard = FrameFloodGuard(capacity: 100, perSecond: 10, now: time(0))
    for _ in 0..<100 { #expect(floodGuard.permits(frame(type, length: 4), now: time(0)) == true) }
    #expect(floodGuard.permits(frame(type, length: 4), now: time(0)) == false)
    #expect(floodGuard.permits(frame(type, length: 4), now: time(1)) == true)
  }

  @Test func `empty DATA is bounded, but not its end of a stream`() {
    var floodGuard = FrameFloodGuard(capacity: 10, perSecond: 1, now: time(0))
    for _ in 0..<100 { #expect(floodGuard.permits(frame(0, flags: 1), now: time(0)) == true) }
    for _ in 0..<10 { #expect(floodGuard.permits(frame(0), now: time(0)) == true) }
    #expect(floodGuard.permits(frame(0), now: time(0)) == false)
  }

  @Test func `useful frames earn room for others`() {
    var floodGuard = FrameFloodGuard(capacity: 10, perSecond: 1, now: time(0))
    for _ in 0..<1000 {
      #expect(floodGuard.permits(frame(1, length: 20), now: time(0)) == true)
      #expect(floodGuard.permits(frame(8, length: 4), now: time(0)) == true)
    }
  }

  @Test func `resets of young streams are bounded, those of older ones are not`() {
    var resets = ResetGuard(capacity: 100, perSecond: 10, now: time(0))
    for _ in 0..<10_000 { #expect(resets.permitsReset(ofStreamOpenedAt: time(0), now: time(0.05)) == true) }
    for _ in 0..<100 { #expect(resets.permitsReset(ofStreamOpenedAt: time(1), now: time(1)) == true) }
    #expect(resets.permitsReset(ofStreamOpenedAt: time(1), now: time(1)) == false)
  }

  @Test func `long messages get their window whole and in turn`() {
    var budget = InboundBudget(bytes: 100)
    #expect(budget.reserve(1, bytes: 60) == true)
    #expect(budget.reserve(3, bytes: 60) == false)
    #expect(budget.reserve(5, bytes: 10) == false, "a short one does not overtake")
    #expect(budget.release(1) == [3, 5])
    #expect(budget.release(3).isEmpty)
    #expect(budget.release(3).isEmpty)
    #expect(budget.reserve(7, bytes: 200) == false)
    #expect(budget.reserve(9, bytes: 90) == false)
    #expect(budget.release(5).isEmpty)
    #expect(budget.release(7) == [9])
  }

  @Test func `waits to reconnect grow and are jittered`() {
    var configuration = ReconnectBackoff.Configuration()
    configuration.first = .seconds(1)
    configuration.factor = 2
    configuration.longest = .seconds(5)
    configuration.jitter = 0.5
    var backoff = ReconnectBackoff(configuration)
    var waits: [Duration] = []
    for _ in 0..<5 { waits.append(backoff.wait(random: 0)) }
    #expect(waits == [.seconds(1), .seconds(2), .seconds(4), .seconds(5), .seconds(5)])
    backoff.reset()
    #expect(backoff.wait(random: 1) == .milliseconds(1500))
    #expect(backoff.wait(random: -1) == .seconds(1))
  }

  @Test(arguments: [
    ("localhost:1", RPCTarget.host("localhost", port: 1)), ("[::1]:65535", .host("::1", port: 65_535)),
    ("unix:/a", .unix(path: "/a")),
  ])
  func `a target is read`(text: String, target: RPCTarget) throws {
    #expect(try RPCTarget(text) == target)
    #expect(target.description == text)
  }

  @Test func `several targets are read, and each must be one`() throws {
    #expect(try TargetList("a:1, unix:/b,[::1]:2").description == "a:1,unix:/b,[::1]:2")
    for text in ["", "a:1,", ",a:1", "a:1,b"] {
      #expect(throws: RPCTarget.Malformed.self) { try TargetList(text) }
    }
  }

  @Test(arguments: ["", "host", "host:", ":1", "host:0", "host:65536", "host:-1", "host:x", "unix:"])
  func `what is no target is refused with its text`(text: String) {
    let error = #expect(throws: RPCTarget.Malformed.self) { try RPCTarget(text) }
    #expect(error?.description.hasPrefix(text) == true)
  }
}

@Suite struct LifecycleTests {
  private func serverLimits() -> ServerLimits {
    var limits = ServerLimits()
    limits.handshakeTimeout = .seconds(5)
    limits.keepaliveInterval = .seconds(60)
    limits.keepaliveTimeout = .seconds(20)
    limits.idleTimeout = .seconds(600)
    limits.drainTimeout = .seconds(8)
    return limits
  }

  @Test func `a connection that never speaks HTTP2 is closed`() {
    var lifecycle = ServerLifecycle(limits: serverLimits(), now: time(0))
    lifecycle.heardFromPeer()
    #expect(lifecycle.tick(now: time(4.9)) == .nothing)
    #expect(lifecycle.tick(now: time(5)) == .close(reason: "handshake timeout"))
    #expect(lifecycle.tick(now: time(6)) == .nothing)
  }

  @Test func `a connection that has just been opened is told of the end like any other`() {
    var lifecycle = ServerLifecycle(limits: serverLimits(), now: time(0))
    guard case .announceEnd = lifecycle.drain(now: time(1)) else { return Issue.fail("no GOAWAY") }
    lifecycle.receivedSettings()
    #expect(lifecycle.tick(now: time(1.9)) == .nothing)
    #expect(lifecycle.tick(now: time(2)) == .refuseNewCalls)
    #expect(lifecycle.tick(now: time(2)) == .close(reason: "drained"))
  }

  @Test func `a silent peer is probed, then closed`() {
    var lifecycle = ServerLifecycle(limits: serverLimits(), now: time(0))
    lifecycle.receivedSettings()
    lifecycle.callsChanged(1, now: time(0))
    #expect(lifecycle.tick(now: time(1)) == .nothing)
    guard case .sendPing = lifecycle.tick(now: time(61)) else { return Issue.fail("no PING") }
    #expect(lifecycle.tick(now: time(80)) == .nothing)
    #expect(lifecycle.tick(now: time(81)) == .close(reason: "keepalive timeout"))
  }

  @Test func `an answer to the probe is a sign of life`() {
    var lifecycle = ServerLifecycle(limits: serverLimits(), now: time(0))
    lifecycle.receivedSettings()
    lifecycle.callsChanged(1, now: time(0))
    _ = lifecycle.tick(now: time(1))
    guard case .sendPing(let data) = lifecycle.tick(now: time(61)) else { return Issue.fail("no PING") }
    #expect(lifecycle.receivedPingAcknowledgement(data, now: time(62)) == .nothing)
    #expect(lifecycle.tick(now: time(82)) == .nothing)
  }

  @Test func `an idle connection is drained, one with a call is not`() {
    var lifecycle = ServerLifecycle(limits: serverLimits(), now: time(0))
    lifecycle.receivedSettings()
    lifecycle.callsChanged(1, now: time(0))
    lifecycle.heardFromPeer()
    #expect(lifecycle.tick(now: time(700)) == .nothing)
    lifecycle.callsChanged(0, now: time(700))
    lifecycle.heardFromPeer()
    #expect(lifecycle.tick(now: time(1299)) == .nothing)
    lifecycle.heardFromPeer()
    guard case .announceEnd(let ping) = lifecycle.tick(now: time(1300)) else {
      return Issue.fail("not drained")
    }
    #expect(lifecycle.receivedPingAcknowledgement(ping, now: time(1300.1)) == .refuseNewCalls)
    #expect(lifecycle.tick(now: time(1300.2)) == .close(reason: "drained"))
  }

  @Test func `a drain waits for calls, but not for ever and not for a peer that is gone`() {
    var lifecycle = ServerLifecycle(limits: serverLimits(), now: time(0))
    lifecycle.receivedSettings()
    lifecycle.callsChanged(1, now: time(0))
    guard case .announceEnd = lifecycle.drain(now: time(10)) else { return Issue.fail("not announced") }
    #expect(lifecycle.drain(now: time(10)) == .nothing)
    #expect(lifecycle.tick(now: time(10.5)) == .nothing)
    #expect(lifecycle.tick(now: time(11)) == .refuseNewCalls)
    #expect(lifecycle.tick(now: time(12)) == .nothing)
    #expect(lifecycle.tick(now: time(18)) == .close(reason: "drain timeout"))
  }

  @Test func `a client probes only while it waits for calls`() {
    var lifecycle = ClientLifecycle(configuration: ClientConfiguration(), now: time(0))
    #expect(lifecycle.tick(now: time(100)) == .nothing)
    lifecycle.callsChanged(1)
    #expect(lifecycle.tick(now: time(101)) == .nothing)
    #expect(lifecycle.tick(now: time(130)) == .sendPing)
    #expect(lifecycle.tick(now: time(139)) == .nothing)
    #expect(lifecycle.tick(now: time(140)) == .close(reason: "keepalive timeout"))
  }
}
