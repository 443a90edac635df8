import HTTPTypes
import Telemetry
import Testing

@testable import Gateway

@Suite struct `Request metrics` {
  /// Apart from the statuses, of which there are a few.
  private func series(_ platform: Platform) async -> Set<String> {
    let text = await MetricRegistry([platform.requests]).text()
    return Set(
      text.split(separator: "\n").filter { $0.hasPrefix("http_server") }
        .map { String($0.prefix { $0 != " " }.replacing(/,status="\d+"/, with: "")) })
  }

  @Test func `count requests by route, method and status`() async throws {
    try await withGateway(.inProcess) { client, platform in
      let ann = try await client.signedUp()
      let id = try await ann.createdTicket()
      for _ in 0..<3 { try await ann.send(.get, "/api/tickets/\(id)") }
      let text = await MetricRegistry([platform.requests]).text()
      let count = #"http_server_requests_total{route="/api/tickets/{id}",method="GET",status="200"} 3"#
      #expect(text.contains("\(count)\n"))
      #expect(
        text.contains(#"http_server_request_duration_seconds_count{route="/api/tickets/{id}",method="GET"} 3"#))
    }
  }

  @Test func `make no series of what clients think of`() async throws {
    try await withGateway(.inProcess) { client, platform in
      try await client.send(.get, "/nowhere")
      try await client.send(HTTPRequest.Method(rawValue: "MAKE") ?? .get, "/nowhere")
      try await client.send(.get, "/api/tickets/nothing")
      let before = await series(platform)
      for number in 0..<10_000 {
        switch number % 3 {
        case 0: try await client.send(.get, "/\(number)/\(UInt64.random(in: 0 ... .max))?q=\(number)")
        case 1: try await client.send(HTTPRequest.Method(rawValue: "M\(number)") ?? .get, "/p\(number)")
        default: try await client.send(.get, "/api/tickets/\(number)")
        }
      }
      let after = await series(platform)
      #expect(after.subtracting(before) == [])
    }
  }
}
