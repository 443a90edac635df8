import ServiceDoubles
import Testing

@testable import Gateway

@Suite(.timeLimit(.minutes(1))) struct `A malformed request` {
  @Test(arguments: [
    "garbage\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\n: empty\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nBad Name: b\r\n\r\n",
    "POST /api/users/signin HTTP/1.1\r\nHost: a\r\nContent-Length: abc\r\n\r\n",
    "POST /api/users/signin HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    "POST /api/users/signin HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "POST /api/users/signin HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST /api/users/signin HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
    "POST /api/users/signin HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}\u{3}", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", "FROB / HTTP/1.1\r\nHost: a\r\n\r\n",
  ])
  func `is answered with 400 in JSON, and the connection ends`(text: String) async throws {
    try await withServer { server in
      let answer = try await server.exchange(text)
      #expect(answer.statusCodes == [400], "\(answer)")
      #expect(answer.lowercased().contains("content-type: application/json"), "\(answer)")
      #expect(answer.contains("connection: close"))
      #expect(answer.hasSuffix(#"{"errors":[{"message":"The request is not valid HTTP","code":"MALFORMED_REQUEST"}]}"#))
      #expect(server.platform.calls.all.isEmpty)
    }
  }

  @Test(arguments: [
    "GET /\(String(repeating: "a", count: 17_000)) HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 17_000))\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\n\((0..<40).map { "X\($0): \(String(repeating: "a", count: 500))\r\n" }.joined())\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\n\((0..<101).map { "X\($0): a\r\n" }.joined())\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nCookie: \(String(repeating: "session=a; ", count: 2_000))\r\n\r\n",
  ])
  func `with too large a header is answered with 431`(text: String) async throws {
    try await withServer { server in
      let answer = try await server.exchange(text)
      #expect(answer.statusCodes == [431])
      #expect(answer.hasSuffix(#""code":"HEADER_TOO_LARGE"}]}"#))
    }
  }

  @Test func `with an endless header is cut off while it still comes`() async throws {
    try await withServer { server in
      let answer = try await server.connected { connection in
        try await connection.send("GET / HTTP/1.1\r\nHost: a\r\nX: ")
        let piece = String(repeating: "a", count: 4096)
        for _ in 0..<1_000 {
          guard (try? await connection.send(piece)) != nil else { break }
        }
        return await connection.readToEnd()
      }
      #expect(answer.isEmpty || answer.statusCodes == [431])
    }
  }

  @Test(arguments: [
    "GET * HTTP/1.1", "OPTIONS * HTTP/1.1", "GET http://a/api/nothing HTTP/1.1", "GET /?? HTTP/1.1",
    "GET /%00 HTTP/1.1",
    "GET //// HTTP/1.1", "GET /\u{e9} HTTP/1.1", "GET ?a HTTP/1.1", "GET /a#b HTTP/1.1", "CONNECT a:80 HTTP/1.1",
    "GET /%0d%0aX: HTTP/1.1", "GET /\\..\\ HTTP/1.1", "DELETE http://[::1 HTTP/1.1", "GET ://x HTTP/1.1",
    "GET a://b:c?d HTTP/1.1",
  ])
  func `in its target only is answered, and stops nothing`(line: String) async throws {
    try await withServer { server in
      let answer = try await server.exchange("\(line)\r\nHost: a\r\nConnection: close\r\n\r\n")
      #expect([[400], [404]].contains(answer.statusCodes), "\(answer)")
      let next = try await server.exchange("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      #expect(next.statusCodes == [200])
    }
  }

  @Test func `can put nothing into an answer's header`() async throws {
    try await withServer { server in
      for header in ["X-Request-Id: a\rSet-Cookie: evil=1", "X-Request-Id: a\nSet-Cookie: evil=1", "Origin: a\u{b}b"] {
        let answer = try await server.exchange(
          "POST /api/users/signout HTTP/1.1\r\nHost: a\r\n\(header)\r\nConnection: close\r\n\r\n")
        #expect(!answer.lowercased().contains("set-cookie: evil"), "\(answer)")
        #expect(answer.statusCodes.count == 1)
      }
    }
  }

  @Test func `follows the answers to those before it`() async throws {
    try await withServer { server in
      let good = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
      let answer = try await server.exchange(good + good + "garbage\r\n\r\n" + good)
      #expect(answer.statusCodes == [200, 200, 400])
    }
  }

  @Test func `that breaks off in its body is answered with 400`() async throws {
    try await withServer { server in
      let answer = try await server.connected { connection in
        try await connection.send(
          "POST /api/users/signin HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{}"
        )
        connection.finish()
        return await connection.readToEnd()
      }
      #expect(answer.statusCodes == [400])
      #expect(server.platform.calls.all.isEmpty)
    }
  }
}
