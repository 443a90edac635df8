import NIOCore
import RPC
import ServiceDoubles
import Testing

@testable import Gateway

@Suite(.timeLimit(.minutes(1))) struct `The time of a connection` {
  private func limits(_ change: (inout GatewayLimits) -> Void) -> GatewayConfiguration {
    var configuration = GatewayConfiguration.patient
    change(&configuration.limits)
    return configuration
  }

  @Test(arguments: ["G", "GET / HTTP/1.1\r\nHost: a\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n\r"])
  func `ends for a header that does not, though bytes keep coming`(start: String) async throws {
    let configuration = limits {
      $0.headTime = .seconds(4)
      // The drip goes on for so long after the answer.
      $0.lingerTime = .seconds(3)
    }
    try await withServer(configuration) { server in
      let answer = try await server.connected { connection in
        try await connection.send(start)
        return await connection.readToEnd()
      }
      #expect(answer.statusCodes == [408])
      #expect(answer.hasSuffix(#""code":"REQUEST_TIMEOUT"}]}"#))

      let dripped = try await server.connected { connection in
        try await connection.send("GET / HTTP/1.1\r\nHost: a\r\nX: ")
        // A byte now and then, for as long as anybody listens.
        while (try? await connection.send("a")) != nil { try await Task.sleep(for: .milliseconds(20)) }
        return await connection.readToEnd()
      }
      #expect(dripped.isEmpty || dripped.statusCodes == [408])
    }
  }

  @Test func `ends for a header after requests that were answered`() async throws {
    try await withServer(limits { $0.headTime = .seconds(4) }) { server in
      let answer = try await server.connected { connection in
        try await connection.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = try await connection.read(until: "ok")
        try await connection.send("GET /healthz HT")
        return await connection.readToEnd()
      }
      #expect(answer.statusCodes == [200, 408])
    }
  }

  @Test func `ends for a body that does not`() async throws {
    try await withServer(limits { $0.bodyTime = .milliseconds(300) }) { server in
      let answer = try await server.exchange(
        "POST /api/users/signin HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{")
      #expect(answer.statusCodes == [408])
      #expect(server.platform.calls.all.isEmpty)
    }
  }

  @Test func `ends while nothing is asked`() async throws {
    try await withServer(limits { $0.idleTime = .milliseconds(300) }) { server in
      let answer = try await server.exchange("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(answer.statusCodes == [200])
    }
    try await withServer(limits { $0.headTime = .milliseconds(1500) }) { server in
      let silent = try await server.exchange("")
      #expect(silent == "")
    }
  }

  @Test func `ends for a client that stays after the last answer`() async throws {
    try await withServer(limits { $0.lingerTime = .milliseconds(300) }) { server in
      try await server.connected { connection in
        try await connection.send("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(await connection.readToEnd().statusCodes == [200])
        // The gateway's side is closed; now it closes the other, too, and writing fails.
        while (try? await connection.send("x")) != nil { try await Task.sleep(for: .milliseconds(20)) }
      }
    }
  }

  @Test func `is shared by no more connections than allowed`() async throws {
    try await withServer(limits { $0.connections = 2 }) { server in
      let request = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
      try await server.connected { first in
        try await first.send(request)
        #expect(try await first.read(until: "ok"))
        try await server.connected { second in
          try await second.send(request)
          #expect(try await second.read(until: "ok"))
          async let third = server.exchange(request + "x\r\n\r\n")
          // While the third waits the others are served.
          try await second.send("GET /api/users/currentuser HTTP/1.1\r\nHost: a\r\n\r\n")
          #expect(try await second.read(until: "currentUser"))
          second.finish()
          _ = await second.readToEnd()
          #expect(try await third.statusCodes == [200, 400])
        }
      }
    }
  }

  @Test func `lasts until the answer, when the gateway shuts down`() async throws {
    try await withServer { server in
      let hold = Hold()
      try await server.connected { idle in
        try await idle.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try await idle.read(until: "ok"))
        try await server.connected { busy in
          server.platform.calls.hold(hold)
          try await busy.send("GET /api/tickets HTTP/1.1\r\nHost: a\r\n\r\n")
          await hold.reached()
          await server.group.triggerGracefulShutdown()
          // Who waits for nothing is let go at once.
          let letGo = await idle.readToEnd()
          #expect(letGo.statusCodes == [200])
          hold.release()
          let answer = await busy.readToEnd()
          #expect(answer.statusCodes == [200])
          #expect(answer.contains("connection: close"))
        }
      }
    }
  }
}
