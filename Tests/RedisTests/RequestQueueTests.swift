import NIOCore
import Testing

@testable import Redis

/// The state of a connection, without one.
@Suite struct RequestQueueTests {
  private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

  private func queue(commands: Int = 10, bytes: Int = 1000) -> RequestQueue {
    RequestQueue(
      limits: .init(pendingCommands: commands, unsentBytes: bytes, silence: .seconds(5)), now: Self.start)
  }

  private func take(_ call: PendingCall, into queue: inout RequestQueue) {
    let refusal = queue.submit(call, now: Self.start)
    #expect(refusal == nil)
  }

  /// Whether this reply would end the connection.
  private func refuses(_ reply: RESPValue, _ queue: RequestQueue) -> Bool {
    var queue = queue
    return (try? queue.receive(reply)) == nil
  }

  /// A call whose caller waits, and what the caller is told.
  private func waiting(
    _ request: PendingCall.Request = .command(RedisCommand("PING")), for time: TimeAmount = .seconds(1)
  ) async -> (call: PendingCall, answer: Task<RESPValue, any Error>) {
    let call = PendingCall(request, deadline: Self.start + time)
    let answer = Task<RESPValue, any Error> {
      try await withUnsafeThrowingContinuation { continuation in _ = call.begin(continuation) }
    }
    while !call.isWaiting { await Task.yield() }
    return (call, answer)
  }

  @Test func `replies go to the oldest request, whether anybody waits for it or not`() async throws {
    var queue = queue()
    let (first, second, third) = (await waiting(), await waiting(), await waiting())
    for call in [first, second, third] { take(call.call, into: &queue) }
    _ = queue.takeBytes()
    second.call.cancel()
    for number in Int64(1)...3 { try queue.receive(.integer(number)) }
    #expect(try await first.answer.value == .integer(1))
    await #expect(throws: CancellationError.self) { try await second.answer.value }
    #expect(try await third.answer.value == .integer(3))
    #expect(refuses(.integer(4), queue))
  }

  @Test func `a reply before its request is written belongs to nobody`() async throws {
    var queue = queue()
    let early = await waiting()
    take(early.call, into: &queue)
    #expect(refuses(.simple("PONG"), queue))
    early.call.cancel()
  }

  @Test func `a pipeline gets its replies together`() async throws {
    var queue = queue()
    let both = await waiting(.pipeline([RedisCommand("PING"), RedisCommand("PING")]))
    take(both.call, into: &queue)
    _ = queue.takeBytes()
    try queue.receive(.integer(1))
    #expect(both.call.isWaiting)
    try queue.receive(.integer(2))
    #expect(try await both.answer.value == .array([.integer(1), .integer(2)]))
  }

  @Test func `what is beyond a limit is refused, and surely has not run`() async throws {
    var few = queue(commands: 1)
    let (first, second) = (await waiting(), await waiting())
    take(first.call, into: &few)
    let refusal = few.submit(second.call, now: Self.start)
    #expect(refusal?.kind == .queueFull && refusal?.mayHaveRun == false)
    var small = queue(bytes: 1)
    take(second.call, into: &small)
    let full = small.submit(first.call, now: Self.start)
    #expect(full?.kind == .queueFull)
    for call in [first, second] { call.call.cancel() }
  }

  @Test func `deadlines pass one by one, and a server that says nothing at all is given up`() async throws {
    var queue = queue()
    let (short, long) = (await waiting(for: .seconds(1)), await waiting(for: .seconds(3)))
    for call in [short, long] { take(call.call, into: &queue) }
    _ = queue.takeBytes()
    guard case .next(Self.start + .seconds(3)) = queue.sweep(now: Self.start + .seconds(1)) else {
      Issue.record("the next deadline is the other's")
      return
    }
    await #expect(throws: RedisError.self) { try await short.answer.value }
    #expect(long.call.isWaiting)
    queue.heardFromServer(now: Self.start + .seconds(2))
    guard case .next(Self.start + .seconds(7)) = queue.sweep(now: Self.start + .seconds(3)),
      case .close(let reason) = queue.sweep(now: Self.start + .seconds(7))
    else {
      Issue.record("five seconds of silence are too many")
      return
    }
    #expect(reason.kind == .connectionLost)
    await #expect(throws: RedisError.self) { try await long.answer.value }
  }

  @Test func `its end tells who may have been served`() async throws {
    var queue = queue()
    let (sent, unsent) = (await waiting(), await waiting())
    take(sent.call, into: &queue)
    _ = queue.takeBytes()
    take(unsent.call, into: &queue)
    let told = queue.close(RedisError(.connectionLost, "cut", mayHaveRun: true))
    #expect(told?.map(\.error.mayHaveRun) == [true, false])
    let again = queue.close(.notConnected("again"))
    #expect(again == nil)
    let late = await waiting()
    let refusal = queue.submit(late.call, now: Self.start)
    #expect(refusal?.mayHaveRun == false)
    for call in [sent, unsent, late] { call.call.cancel() }
  }

  @Test func `one that drains takes nothing more, and is done with its last reply`() async throws {
    var queue = queue()
    let last = await waiting()
    take(last.call, into: &queue)
    _ = queue.takeBytes()
    let (begins, beginsAgain) = (queue.drain(), queue.drain())
    #expect(begins && !beginsAgain && !queue.isDrained)
    let late = await waiting()
    let refusal = queue.submit(late.call, now: Self.start)
    #expect(refusal != nil)
    try queue.receive(.simple("PONG"))
    #expect(queue.isDrained)
    late.call.cancel()
    _ = try await last.answer.value
  }
}
