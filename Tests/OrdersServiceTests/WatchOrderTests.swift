import Identifiers
import Logging
import NIOPosix
import RPC
import Records
import Redis
import RedisTestSupport
import ServiceHost
import ServiceTestSupport
import Testing
import TicketingProto

@testable import OrdersService

@Suite struct WatchOrderTests {
  @Test func `a watcher sees an order go from created to complete by another process' hand`() async throws {
    try await withOrders { orders in
      let order = try await orders.order()
      let session = try await orders.service.session("buyer")
      try await withRedisClient(orders.service.server) { redis in
        // Another process: a store with a connection of its own.
        let other = OrderStore(redis: redis, unreadable: UnreadableRecords(logger: .silent))
        let id = try #require(ULID(order.id))
        let seen = try await orders.client.watchOrder(.init(id: order.id), options: session) { responses in
          var seen: [OrdersV1.Order] = []
          for try await response in responses {
            let order = try #require(response.order)
            seen.append(order)
            switch order.status {
            case .created:
              _ = try await other.apply(
                .beginPayment(attempt: 1, amountCents: 5000, by: "buyer"), to: id, trace: "")
            case .awaitingPayment:
              _ = try await other.apply(.paymentCreated(paymentID: "p", attempt: 1), to: id, trace: "")
            default: break
            }
          }
          return seen
        }
        #expect(seen.map(\.status) == [.created, .awaitingPayment, .complete])
        #expect(seen.last?.paymentID == "p")
      }
    }
  }

  @Test func `a final order is sent once, and that is the end`() async throws {
    try await withOrders { orders in
      let order = try await orders.order()
      try await orders.cancel(order.id)
      let session = try await orders.service.session("buyer")
      let seen = try await orders.client.watchOrder(.init(id: order.id), options: session) { responses in
        try await responses.reduce(into: [OrdersV1.OrderStatus?]()) { $0.append($1.order?.status) }
      }
      #expect(seen == [.cancelled])
    }
  }

  @Test func `only its owner may watch an order`() async throws {
    try await withOrders { orders in
      let order = try await orders.order()
      let other = try await orders.service.session("other")
      func watch(_ id: String, _ options: CallOptions) async -> RPCError? {
        await failure {
          try await orders.client.watchOrder(.init(id: id), options: options) { responses in
            for try await _ in responses {}
          }
        }
      }
      #expect(await watch(order.id, other)?.reason == "NOT_OWNER")
      #expect(await watch(order.id, CallOptions())?.code == .unauthenticated)
      #expect(await watch("nonsense", other)?.reason == "ORDER_NOT_FOUND")
    }
  }

  @Test func `a watch goes on when Redis was away, and misses no end`() async throws {
    try await withOrders { orders in
      let order = try await orders.order()
      let session = try await orders.service.session("buyer")
      let server = orders.service.server
      let seen = try await orders.client.watchOrder(.init(id: order.id), options: session) { responses in
        var seen: [OrdersV1.OrderStatus?] = []
        for try await response in responses {
          seen.append(response.order?.status)
          guard seen.count == 1 else { continue }
          try await server.restart()
          try await withRedisClient(server) { redis in
            // Before the tail is back, as likely as not.
            _ = try await OrderStore(redis: redis, unreadable: UnreadableRecords(logger: .silent)).apply(
              .cancel(by: "buyer"), to: try #require(ULID(order.id)), trace: "")
          }
        }
        return seen
      }
      #expect(seen == [.created, .cancelled])
    }
  }

  @Test func `a watcher who leaves makes room for another`() async throws {
    try await withRedis { redis in
      let watch = OrderWatch(redis: redis, logger: .silent, maximumWatchers: 2)
      try await watch.withWakeUps(of: "a") { _ in
        try await watch.withWakeUps(of: "a") { _ in
          await #expect(throws: OrderError.tooManyWatchers) { try await watch.withWakeUps(of: "b") { _ in } }
          #expect(watch.count == 2)
        }
        try await watch.withWakeUps(of: "b") { _ in }
      }
      #expect(watch.count == 0)
    }
  }

  @Test func `a call that is cancelled leaves no watcher behind`() async throws {
    try await withRedis { redis in
      let watch = OrderWatch(redis: redis, logger: .silent)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<50 {
          group.addTask {
            _ = try? await watch.withWakeUps(of: "a") { wakeUps in for await _ in wakeUps {} }
          }
        }
        try await eventually { watch.count == 50 }
        group.cancelAll()
      }
      #expect(watch.count == 0)
    }
  }

  @Test func `everybody is woken now and then, whatever became of the changes`() async throws {
    try await withRedis { redis in
      let watch = OrderWatch(redis: redis, logger: .silent, beat: .milliseconds(2))
      let running = Task { try await watch.run() }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<40 {
          group.addTask {
            try await watch.withWakeUps(of: "order\(number)") { wakeUps in
              for await _ in wakeUps.prefix(6) {}
            }
          }
        }
        try await group.waitForAll()
      }
      running.cancel()
      _ = await running.result
    }
  }

  @Test func `a process that stops ends its watches`() async throws {
    try await withRedis { redis in
      let watch = OrderWatch(redis: redis, logger: .silent)
      let running = Task { try await watch.run() }
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await watch.withWakeUps(of: "a") { wakeUps in for await _ in wakeUps {} } }
        try await eventually { watch.count == 1 }
        running.cancel()
        try await group.waitForAll()
      }
      // And takes no others.
      try await watch.withWakeUps(of: "a") { wakeUps in for await _ in wakeUps {} }
    }
  }
}
