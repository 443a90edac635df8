import Foundation
import Logging
import NIOCore
import NIOPosix
import RPC
import ServiceLifecycle
import Synchronization

/// `rpc-load TARGET [IN-FLIGHT] [CONNECTIONS] [SECONDS] [LOOPS]`: unary echoes of 100 bytes, a closed loop.
/// `rpc-load direct [SECONDS]`: the same over the direct binding. Prints calls a second and CPU time per call.
@main
enum Load {
  struct Bytes: RPCMessage {
    var bytes: ByteBuffer
    init(_ count: Int) { bytes = ByteBuffer(repeating: 120, count: count) }
    init(decoding bytes: UnsafeRawBufferPointer) throws { self.bytes = ByteBuffer(bytes: bytes) }
    func encode(into buffer: inout ByteBuffer) throws { buffer.writeImmutableBuffer(bytes) }
  }

  private static let echo = MethodDescriptor<Bytes, Bytes>(service: "ticketing.test.v1.EchoService", name: "Echo")

  private static let calls = Atomic<Int>(0)

  static func main() async throws {
    let arguments = CommandLine.arguments
    func number(_ index: Int, _ fallback: Int) -> Int {
      arguments.count > index ? Int(arguments[index]) ?? fallback : fallback
    }
    guard arguments.count > 1 else { return print("rpc-load TARGET [IN-FLIGHT] [CONNECTIONS] [SECONDS] [LOOPS]") }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: number(5, 1))
    if arguments[1] == "direct" {
      let table = MethodTable([.unary(echo) { request, _ in request }])
      try await measure(DirectChannel(table: table), inFlight: 1, seconds: number(2, 2), on: group)
    } else {
      var configuration = ClientConfiguration()
      configuration.connections = number(3, 4)
      let logger = Logger(label: "rpc-load") { _ in SwiftLogNoOpLogHandler() }
      let client = try HTTP2Client(
        target: arguments[1], configuration: configuration, group: group, logger: logger)
      let running = Task { try await client.run() }
      try await measure(client, inFlight: number(2, 64), seconds: number(4, 3), on: group)
      running.cancel()
      _ = try? await running.value
    }
    try await group.shutdownGracefully()
  }

  /// Runs `inFlight` callers on the loops of `group`.
  private static func measure(
    _ channel: some RPCChannel, inFlight: Int, seconds: Int, on group: MultiThreadedEventLoopGroup
  ) async throws {
    let loops = Array(group.makeIterator())
    let executors = try await loops.asyncMap { loop -> (any TaskExecutor)? in
      try await loop.submit { EventLoopTaskExecutor.current }.get()
    }
    _ = try await channel.unary(echo, Bytes(100), options: CallOptions())
    let cpu = cpuSeconds()
    let began = ContinuousClock.now
    let end = began + .seconds(seconds)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      for index in 0..<inFlight {
        tasks.addTask(executorPreference: executors[index % executors.count]) {
          var count = 0
          while count % 16 != 0 || ContinuousClock.now < end {
            _ = try await channel.unary(echo, Bytes(100), options: CallOptions())
            count += 1
          }
          calls.add(count, ordering: .relaxed)
        }
      }
      try await tasks.waitForAll()
    }
    let elapsed = (ContinuousClock.now - began) / .seconds(1)
    let count = Double(calls.load(ordering: .relaxed))
    let perCall = (cpuSeconds() - cpu) / count * 1_000_000
    print("\(Int(count / elapsed)) calls/s, \((perCall * 100).rounded() / 100) µs CPU a call here")
  }

  private static func cpuSeconds() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(0), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }
}

extension Array {
  fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await transform(element)) }
    return results
  }
}
