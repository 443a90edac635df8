import NIOCore
import Testing

@testable import Gateway

@Suite struct `The state of a connection` {
  private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
  private var limits: GatewayLimits {
    var limits = GatewayLimits()
    limits.headTime = .seconds(10)
    limits.bodyTime = .seconds(20)
    limits.answerTime = .seconds(40)
    limits.idleTime = .seconds(80)
    limits.lingerTime = .seconds(2)
    return limits
  }

  private func after(_ seconds: Int64) -> NIODeadline { start + .seconds(seconds) }

  @Test func `gives each phase its own time`() {
    var state = ConnectionState(limits: limits, openedAt: start)
    #expect(state.deadline == after(10))
    state.receivedBytes(at: after(1))
    #expect(state.deadline == after(11))
    state.receivedBytes(at: after(9))
    #expect(state.deadline == after(11), "more bytes buy no more time")
    state.receivedHead(at: after(9))
    #expect(state.deadline == after(29))
    state.receivedEnd(at: after(12))
    #expect(state.deadline == after(52))
    state.answered(at: after(13))
    #expect(state.deadline == after(93))
    #expect(state.isIdle)
    state.linger(from: after(14))
    #expect(state.deadline == after(16))
  }

  @Test func `gives each part of a streamed answer the time of a whole one`() {
    var state = ConnectionState(limits: limits, openedAt: start)
    state.receivedHead(at: start)
    state.receivedEnd(at: start)
    state.streamed(at: after(30))
    #expect(state.deadline == after(70))
    state.answered(at: after(60))
    state.streamed(at: after(61))
    #expect(state.deadline == after(140), "an answer that has ended is over")
  }

  @Test func `waits for answers in turn, when requests come at once`() {
    var state = ConnectionState(limits: limits, openedAt: start)
    for _ in 0..<3 {
      state.receivedHead(at: after(1))
      state.receivedEnd(at: after(1))
    }
    state.receivedBytes(at: after(2))
    #expect(state.unanswered == 3)
    #expect(state.deadline == after(41))
    state.answered(at: after(30))
    #expect(state.deadline == after(70))
    state.answered(at: after(31))
    state.answered(at: after(32))
    #expect(state.deadline == after(42), "now the header that has begun is due")
  }

  @Test func `tells who sent part of a request, and nobody else, that it took too long`() {
    var state = ConnectionState(limits: limits, openedAt: start)
    #expect(state.expiry == .close)
    state.receivedBytes(at: start)
    #expect(state.expiry == .answerTimeout)
    state.receivedHead(at: start)
    #expect(state.expiry == .answerTimeout)
    state.receivedEnd(at: start)
    #expect(state.expiry == .close)
    state.answered(at: start)
    #expect(state.expiry == .close)
    state.linger(from: start)
    #expect(state.expiry == .close)
  }

  @Test func `counts no answer below zero`() {
    var state = ConnectionState(limits: limits, openedAt: start)
    state.answered(at: start)
    state.answered(at: start)
    #expect(state.unanswered == 0)
    state.receivedHead(at: start)
    #expect(state.unanswered == 1)
  }
}
