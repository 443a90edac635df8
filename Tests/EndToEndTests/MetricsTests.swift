import Foundation
import ProcessTestSupport
import RedisTestSupport
import Testing

/// `/metrics` of real processes, and who reads it.
@Suite struct MetricsTests {
  private static let dashboard = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../k8s/grafana-dashboard.json")

  @Test func `six processes show what they do, and the dashboard asks for nothing else`() async throws {
    try await withRedisServer { redis in
      let platform = try await Platform.start(
        redis: redis,
        ["METRICS_PORT": "0", "METRICS_HOST": "127.0.0.1", "EXPIRATION_WINDOW_SECONDS": "2"])
      try await APIClient(port: platform.port).waitUntilReady(try platform.gateway)
      var purchase = try await Purchase(port: platform.port)
      let order = try await purchase.order(try await purchase.sell())
      try await purchase.waitFor(order, "cancelled", within: 60)

      var names: Set<Substring> = []
      var pages: [Platform.Part: String] = [:]
      for part in Platform.Part.allCases {
        let operations = APIClient(port: try await platform.process(part).metricsPort())
        let page = try await operations.text("/metrics")
        pages[part] = page
        names.formUnion(
          page.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { $0.prefix { !"{ ".contains($0) } })
        #expect(page.contains("\nticketing_metric_sources_failed 0\n"), "\(part)")
        var client = operations
        #expect(try await client.send("GET", "/readyz").status == 200)
        #expect(try await client.send("GET", "/healthz").status == 200)
      }
      #expect(
        pages[.gateway]?.contains(#"http_server_requests_total{route="/api/orders",method="POST",status="201"} 1"#)
          == true)
      #expect(
        pages[.orders]?.contains(
          #"grpc_server_handled_total{grpc_service="ticketing.orders.v1.OrdersService",grpc_method="CreateOrder","#
            + #"grpc_code="OK"} 1"#) == true)
      #expect(
        pages[.orders]?.contains(#"ticketing_events_lag{group="orders-service",subject="ticket:created"} 0"#) == true)
      #expect(pages[.expiration]?.contains("\nticketing_expiration_firing_delay_seconds_count 1\n") == true)

      let asked = try String(contentsOf: Self.dashboard, encoding: .utf8)
        .matches(of: /\b(?:http|grpc|ticketing|process)_[a-z_]+\b/).map { $0.output }
        .filter { !["grpc_service", "grpc_method", "grpc_code"].contains($0) }
      try #require(!asked.isEmpty)
      #expect(Set(asked).subtracting(names) == [])
      #expect(await platform.stop().allSatisfy { $0 == 0 })
    }
  }

  @Test func `a scrape ends soon although Redis hangs`() async throws {
    try await withRedisServer { redis in
      let platform = try await Platform.start(redis: redis, ["METRICS_PORT": "0", "METRICS_HOST": "127.0.0.1"])
      try await APIClient(port: platform.port).waitUntilReady(try platform.gateway)
      let operations = APIClient(port: try await platform.process(.orders).metricsPort())
      let server = try #require(redis.pid)
      kill(server, SIGSTOP)
      defer { kill(server, SIGCONT) }
      let start = ContinuousClock.now
      let page = try await operations.text("/metrics")
      #expect(ContinuousClock.now - start < .seconds(5))
      #expect(page.contains("\nprocess_open_fds "))
      #expect(!page.contains("\nticketing_metric_sources_failed 0\n"))
      kill(server, SIGCONT)
      #expect(await platform.stop().allSatisfy { $0 == 0 })
    }
  }

  @Test func `up shows all of it on one page`() async throws {
    try await withTemporaryFolder { folder in
      let process = try RunningProcess(
        ticketing, ["up", "--data", folder.path, "--port", "0", "--metrics-port", "0"],
        environment: ["SCRYPT_COST": "1024,8,1"])
      try await APIClient(port: try await process.port()).waitUntilReady(process)
      _ = try await Purchase(port: try await process.port())
      let page = try await APIClient(port: try await process.metricsPort()).text("/metrics")
      for name in [
        "http_server_requests_total{", "grpc_server_handled_total{", "ticketing_events_pending{",
        "ticketing_password_queue ",
        "ticketing_payments_unresolved ", "ticketing_redis_connections{",
      ] {
        #expect(page.contains("\n\(name)"))
      }
      #expect(await process.stop() == 0)
    }
  }
}
