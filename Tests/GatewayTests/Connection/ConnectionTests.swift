import NIOCore
import RPC
import ServiceDoubles
import Testing

@testable import Gateway

@Suite(.timeLimit(.minutes(1))) struct `A connection` {
  static let health = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"

  private static func signUp(_ body: String, _ fields: String = "") -> String {
    "POST /api/users/signup HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\(fields)"
      + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  @Test func `takes requests one after the other and all at once`() async throws {
    try await withServer { server in
      try await server.connected { connection in
        for id in ["first", "second", "third"] {
          try await connection.send("GET /healthz HTTP/1.1\r\nHost: a\r\nX-Request-Id: \(id)\r\n\r\n")
          #expect(try await connection.read(until: id))
        }
      }
      let last = "GET /api/tickets/none HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
      let many = String(repeating: Self.health, count: 100) + Self.signUp(UserBodies.ann) + last
      let answer = try await server.exchange(many)
      #expect(answer.statusCodes == Array(repeating: 200, count: 100) + [201, 404])
      #expect(answer.matches(of: /connection: close/).count == 1)
    }
  }

  @Test func `answers all of many requests to a client that reads only then`() async throws {
    try await withServer { server in
      server.platform.tickets.offer(300, title: String(repeating: "x", count: 200))
      try await server.connected { connection in
        // Some 9 MB of answers: far more than the system holds between the two.
        let list = "GET /api/tickets HTTP/1.1\r\nHost: a\r\n\r\n"
        let last = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        try await connection.send(String(repeating: list, count: 100) + last)
        let answers = await connection.readToEnd()
        #expect(answers.statusCodes == Array(repeating: 200, count: 101))
        #expect(answers.utf8.count > 100 * 300 * 200)
      }
    }
  }

  @Test func `takes a request byte by byte`() async throws {
    try await withServer { server in
      let answer = try await server.connected { connection in
        for character in Self.signUp(UserBodies.ann, "Connection: close\r\n") {
          try await connection.send(String(character))
        }
        return await connection.readToEnd()
      }
      #expect(answer.statusCodes == [201])
    }
  }

  @Test func `takes a body in chunks, within the limit`() async throws {
    try await withServer { server in
      let head =
        "POST /api/users/signup HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        + "Transfer-Encoding: chunked\r\n\r\n"
      let chunks = UserBodies.ann.map { "1\r\n\($0)\r\n" }.joined() + "0\r\n\r\n"
      let last = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
      #expect(try await server.exchange(head + chunks + last).statusCodes == [201, 200])
      let large = "10000\r\n" + String(repeating: " ", count: 65_536) + "\r\n"
      let answer = try await server.exchange(head + large + large + "0\r\n\r\n" + last)
      #expect(answer.statusCodes == [413])
    }
  }

  @Test func `gets its answer to 2 MiB that are sent before it reads`() async throws {
    try await withServer { server in
      let answer = try await server.exchange(Self.signUp(String(repeating: " ", count: 2 * 1024 * 1024)))
      #expect(answer.statusCodes == [413])
      #expect(answer.contains("connection: close"))
      #expect(answer.hasSuffix("]}"))
    }
  }

  @Test func `is told to go on only with a body that would be read`() async throws {
    try await withServer { server in
      try await server.connected { connection in
        let head = "POST /api/users/signup HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        try await connection.send("\(head)Expect: 100-continue\r\nContent-Length: \(UserBodies.ann.utf8.count)\r\n\r\n")
        #expect(try await connection.read(until: "HTTP/1.1 100 Continue\r\n\r\n"))
        try await connection.send(UserBodies.ann)
        #expect(try await connection.read(until: "HTTP/1.1 201 Created"))
      }
      let refused = try await server.exchange(
        "POST /api/users/signup HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
          + "Content-Length: 9999999\r\n\r\n")
      #expect(refused.statusCodes == [413])
    }
  }

  @Test(arguments: [
    "GET /healthz HTTP/1.0\r\n\r\n", "GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: foo, close\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
  ])
  func `ends after its answer where the client wants that`(request: String) async throws {
    try await withServer { server in
      let answer = try await server.exchange(request + Self.health)
      #expect(answer.statusCodes == [200])
      #expect(answer.contains("connection: close"))
    }
  }

  @Test func `is answered though the client will send no more`() async throws {
    try await withServer { server in
      let answer = try await server.connected { connection in
        try await connection.send(Self.health + Self.signUp(UserBodies.ann))
        connection.finish()
        return await connection.readToEnd()
      }
      #expect(answer.statusCodes == [200, 201])
    }
  }

  @Test func `that goes away in the middle harms no other`() async throws {
    try await withServer { server in
      for cut in [1, 20, 80, 140] {
        try await server.connected { connection in
          try await connection.send(String(Self.signUp(UserBodies.ann).prefix(cut)))
        }
      }
      #expect(try await server.exchange(Self.health + "x\r\n\r\n").statusCodes == [200, 400])
    }
  }

  @Test func `leaves another's pace alone while it sends what nobody reads`() async throws {
    try await withServer { server in
      try await server.connected { noisy in
        // The route reads no body; what comes above the limit ends the connection.
        try await noisy.send("POST /api/users/signout HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000000\r\n\r\n")
        #expect(try await noisy.read(until: "{}"))
        let piece = String(repeating: "x", count: 8192)
        // Far more than it can send until the server, which lingers for two seconds, closes the connection.
        let patience = ContinuousClock.now + .seconds(30)
        while (try? await noisy.send(piece)) != nil, .now < patience {}
        #expect(.now < patience)
      }
      #expect(try await server.exchange(Self.health + "x\r\n\r\n").statusCodes == [200, 400])
    }
  }
}
