import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Telemetry
import Testing

@testable import Operations

@Suite struct `The operations listener` {
  @Test func `shows metrics, health and readiness`() async throws {
    let server = OperationsServer(
      host: "127.0.0.1", ports: 0...0, metrics: MetricRegistry([]),
      health: HealthRoutes([Dependency("redis") { .up(note: "durable") }]),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) { _ in }
    try await server.application(at: 0).test(.live) { client in
      let metrics = try await client.execute(uri: "/metrics", method: .get)
      #expect(metrics.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
      #expect(String(buffer: metrics.body).contains("\nprocess_open_fds "))
      #expect(try await client.execute(uri: "/healthz", method: .get).status == .ok)
      let ready = try await client.execute(uri: "/readyz", method: .get)
      #expect(
        String(buffer: ready.body)
          == #"{"status":"ready","dependencies":[{"name":"redis","state":"up","note":"durable"}]}"#)
      #expect(try await client.execute(uri: "/api/tickets", method: .get).status == .notFound)
    }
  }
}
