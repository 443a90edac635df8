import Foundation
import NIOPosix
import RPC
import TicketingProto

/// Keeps `inFlight` calls of GetTicket under way, each the next as soon as it has its answer.
struct BenchClient {
  let target: String
  let seconds: Int
  let connections: Int
  let inFlight: Int
  let threads: Int

  private struct Tally {
    var calls = 0
    var failed = 0
  }

  func run() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
    var configuration = ClientConfiguration()
    configuration.connections = connections
    let client = try HTTP2Client(target: target, configuration: configuration, group: group, logger: quietLogger())
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await client.run() }
      let tickets = TicketsV1.TicketsServiceClient(client)
      try await warmUp(tickets)
      await measure(tickets)
      tasks.cancelAll()
    }
    try await group.shutdownGracefully()
  }

  /// Until the connections are there.
  private func warmUp(_ tickets: TicketsV1.TicketsServiceClient) async throws {
    for _ in 0..<(connections * 16) { _ = try await tickets.getTicket(Self.request) }
  }

  private func measure(_ tickets: TicketsV1.TicketsServiceClient) async {
    let spentBefore = Self.processorSeconds()
    let start = ContinuousClock.now
    let end = start + .seconds(seconds)
    let total = await withTaskGroup(of: Tally.self) { callers in
      for _ in 0..<inFlight { callers.addTask { await Self.call(tickets, until: end) } }
      return await callers.reduce(into: Tally()) { total, tally in
        total.calls += tally.calls
        total.failed += tally.failed
      }
    }
    let elapsed = (ContinuousClock.now - start) / .seconds(1)
    let spent = Self.processorSeconds() - spentBefore
    let microseconds = total.calls == 0 ? 0 : spent * 1e6 / Double(total.calls)
    say(String(format: "%ld %ld %.3f %.2f", total.calls, total.failed, elapsed, microseconds))
  }

  private static let request = TicketsV1.GetTicketRequest(id: "65f1c0ffee65f1c0ffee65f1")

  private static func call(
    _ tickets: TicketsV1.TicketsServiceClient, until end: ContinuousClock.Instant
  ) async -> Tally {
    var tally = Tally()
    while ContinuousClock.now < end {
      let answer = try? await tickets.getTicket(request)
      tally.calls += 1
      if answer?.ticket?.id != request.id { tally.failed += 1 }
    }
    return tally
  }

  /// User and system time of this process.
  private static func processorSeconds() -> Double {
    var spent = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent)
    return Double(spent.tv_sec) + Double(spent.tv_nsec) / 1e9
  }
}
