import EventBus
import EventBusTestSupport
import Foundation
import Logging
import NIOPosix
import Redis
import TicketingProto

/// A consumer in a process of its own, which a test can kill and stop: listens to orders as the tickets service and
/// keeps an `OrderLedger` on the same server. Says on standard output what it does.
///
///     event-bus-test-consumer <redis socket> <consumer> <claim idle in ms> [<gate>]
///
/// With a gate each attempt waits until there is a key of that name. Orders that are called `bomb…` kill the process,
/// a while after it has begun with them.
@main
struct TestConsumer {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard (4...5).contains(arguments.count), let idle = Int(arguments[3]) else {
      say("usage: event-bus-test-consumer SOCKET CONSUMER CLAIM_IDLE_MS [GATE]")
      exit(2)
    }
    let logger = Logger(label: "consumer") { _ in SwiftLogNoOpLogHandler() }
    let redis = RedisClient(
      url: RedisURL(address: .unixSocket(path: arguments[1])), group: MultiThreadedEventLoopGroup.singleton,
      logger: logger)
    let ledger = OrderLedger(redis) { header in
      say("began \(header.key) \(header.version)")
      if header.key.hasPrefix("bomb") {
        try await Task.sleep(for: .milliseconds(.random(in: 0...5)))
        kill(getpid(), SIGKILL)
      }
      guard arguments.count == 5 else { return }
      while try await !redis.exists(RedisKey(arguments[4])) { try await Task.sleep(for: .milliseconds(10)) }
    }
    let listeners = [
      Listener.unchecked(.orderCreated, OrdersV1.OrderCreated.self) { try await report($0, ledger) },
      Listener.unchecked(.orderCancelled, OrdersV1.OrderCancelled.self) { try await report($0, ledger) },
    ]
    let settings = SubscriberSettings.forTests(arguments[2]) { $0.claimIdle = .milliseconds(idle) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await redis.run() }
      group.addTask {
        try await Subscriber(
          .tickets, listeners: listeners, sources: EventSources(all: redis), settings: settings, logger: logger
        ).run()
      }
      try await group.waitForAll()
    }
  }

  /// Not `print`, which keeps lines back where the output is no terminal.
  private static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

  private static func report(_ header: EventHeader, _ ledger: OrderLedger) async throws -> EventOutcome {
    let application = try await ledger.apply(header)
    say("ended \(header.key) \(header.version) \(application)")
    return application
  }
}
