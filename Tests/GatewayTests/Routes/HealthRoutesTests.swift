import Operations
import ServiceDoubles
import Testing

@testable import Gateway

@Suite struct `Health` {
  @Test(arguments: Transport.allCases) func `is given while the process runs`(transport: Transport) async throws {
    try await withGateway(transport) { client, platform in
      let answer = try await client.send(.get, "/healthz")
      #expect(answer.code == 200)
      #expect(answer.text == #"{"status":"ok"}"#)
      #expect(platform.calls.all.isEmpty)
    }
  }

  @Test(arguments: Transport.allCases) func `of the dependencies makes ready`(transport: Transport) async throws {
    let up = HealthRoutes([
      Dependency("auth") { .up() }, Dependency("tickets") { .up(note: "appendfsync is everysec") },
    ])
    try await withGateway(transport, health: up) { client, _ in
      let answer = try await client.send(.get, "/readyz")
      #expect(answer.code == 200)
      #expect(
        answer.text == #"{"status":"ready","dependencies":[{"name":"auth","state":"up"},"#
          + #"{"name":"tickets","state":"up","note":"appendfsync is everysec"}]}"#)
    }
  }

  @Test(arguments: Transport.allCases) func `is missing once the process has been told to stop`(transport: Transport)
    async throws
  {
    let stopping = HealthRoutes([Dependency("auth") { .up() }]) { true }
    try await withGateway(transport, health: stopping) { client, _ in
      let answer = try await client.send(.get, "/readyz")
      #expect(answer.code == 503)
      #expect(answer.text == #"{"status":"stopping","dependencies":[{"name":"auth","state":"up"}]}"#)
    }
  }

  @Test(arguments: Transport.allCases) func `is missing while one dependency is down`(transport: Transport)
    async throws
  {
    let down = HealthRoutes([Dependency("auth") { .up() }, Dependency("tickets") { .down("no \"answer\"") }])
    try await withGateway(transport, health: down) { client, _ in
      let answer = try await client.send(.get, "/readyz")
      #expect(answer.code == 503)
      #expect(
        answer.text == #"{"status":"not ready","dependencies":[{"name":"auth","state":"up"},"#
          + #"{"name":"tickets","state":"down","note":"no \"answer\""}]}"#)
    }
  }
}
