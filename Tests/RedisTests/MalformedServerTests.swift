import NIOCore
import RandomTestSupport
import RedisTestSupport
import Testing

@testable import Redis

/// A peer on the right port that is no Redis, or a broken one.
@Suite struct MalformedServerTests {
  static let garbage: [(name: String, bytes: [UInt8])] = [
    ("huge array", Array("*2147483647\r\n".utf8)),
    ("huge string", Array("$9223372036854775807\r\n".utf8)),
    ("negative array length", Array("*-2\r\n".utf8)),
    ("negative string length", Array("$-7\r\n".utf8)),
    ("deep nesting", Array(String(repeating: "*1\r\n", count: 100_000).utf8)),
    ("wrong type byte", Array("!3\r\nabc\r\n".utf8)),
    ("another protocol", Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)),
    ("wrong string length", Array("$2\r\nabcdef\r\n".utf8)),
    ("endless line", [UInt8](repeating: 0x2B, count: 200_000)),
  ]

  @Test(arguments: garbage.indices)
  func `garbage is a protocol error for everybody who waits, and drops the connection`(index: Int) async throws {
    let garbage = Self.garbage[index].bytes
    try await withStubServer({ request in request.command[1] == "bad" ? [garbage] : [] }) { url, connections in
      try await withRedisClient(url: url, configuration: .oneConnection) { redis in
        // Two are waiting without an answer when the garbage comes.
        let errors = await withTaskGroup(of: RedisError?.self) { group in
          for word in ["1", "2", "bad"] {
            group.addTask {
              await #expect(throws: RedisError.self) { try await redis.send(RedisCommand("ECHO", .string(word))) }
            }
          }
          return await group.reduce(into: []) { $0.append($1) }
        }
        for error in errors {
          // Whoever was not sent yet learns that the connection is closed.
          #expect(error?.kind == .protocolViolation || error?.mayHaveRun == false, "\(error?.message ?? "")")
        }
        #expect(errors.contains { $0?.kind == .protocolViolation && $0?.mayHaveRun == true })
        while connections.closed == 0 { try await pause(milliseconds: 1) }
      }
    }
  }

  @Test func `after garbage the next connection serves`() async throws {
    try await withStubServer({ request in request.command[1] == "bad" ? [[0x21]] : [bulk(request.command[1])] }) {
      url, _ in
      try await withRedisClient(url: url, configuration: .oneConnection) { redis in
        for round in 0..<5 {
          let error = await #expect(throws: RedisError.self) { try await redis.send(RedisCommand("ECHO", "bad")) }
          #expect(error?.kind == .protocolViolation)
          let reply = try await redis.patiently { try await redis.send(RedisCommand("ECHO", "good \(round)")) }
          #expect(try reply.string() == "good \(round)")
        }
      }
    }
  }

  @Test func `replies that come one byte at a time reach their callers`() async throws {
    try await withStubServer({ request in bulk(request.command[1]).map { [$0] } }) { url, _ in
      try await withRedisClient(url: url) { redis in
        let wrong = await echoMany(redis, count: 500)
        #expect(wrong.isEmpty, "\(wrong.first ?? "")")
      }
    }
  }

  @Test func `a reply too many closes the connection and reaches nobody`() async throws {
    // Every tenth command is answered twice.
    try await withStubServer({ request in
      let reply = bulk(request.command[1])
      return [request.number % 10 == 9 ? reply + bulk("nobody's") : reply]
    }) { url, connections in
      try await withRedisClient(url: url, configuration: .oneConnection) { redis in
        for index in 0..<100 {
          let reply = try await redis.patiently { try await redis.send(RedisCommand("ECHO", "\(index)")) }
          #expect(try reply.string() == "\(index)")
        }
        #expect(connections.opened > 5)
      }
    }
  }

  @Test func `a reply before any request closes the connection`() async throws {
    try await withStubServer({ request in [bulk(request.command[1])] }) { url, connections in
      try await withRedisClient(url: url, configuration: .oneConnection) { redis in
        try await redis.patiently { _ = try await redis.send(RedisCommand("ECHO", "x")) }
        #expect(connections.opened == 1)
      }
    }
    let loop = NIOSingletons.posixEventLoopGroup.next()
    try await loop.submit {
      let connection = try RedisConnection(
        eventLoop: loop, limits: .init(pendingCommands: 1, unsentBytes: 1, silence: .seconds(1)),
        replyLimits: ReplyLimits())
      let error = #expect(throws: RedisError.self) { try connection.receive(.simple("OK")) }
      #expect(error?.message.contains("nobody asked for") == true)
    }.get()
  }

  @Test func `a connection cut within a reply fails its callers, and says so`() async throws {
    try await withStubServer({ request in
      request.command[1] == "cut" ? [Array("$100\r\nonly this".utf8), []] : [bulk(request.command[1])]
    }) { url, _ in
      try await withRedisClient(url: url, configuration: .oneConnection) { redis in
        let error = await #expect(throws: RedisError.self) { try await redis.send(RedisCommand("ECHO", "cut")) }
        #expect(error?.kind == .connectionLost)
        #expect(error?.mayHaveRun == true)
        #expect(error?.message.contains("in the middle of a reply") == true, "\(error?.message ?? "")")
      }
    }
  }

  @Test func `under load with connections breaking in every way no caller gets another's reply`() async throws {
    let garbage = Self.garbage
    try await withStubServer({ request in
      guard request.number > 0, request.number % 53 == 0 else { return [bulk(request.command[1])] }
      switch request.number / 53 % 4 {
      case 0: return [Array(bulk(request.command[1]).dropLast(3)), []]
      case 1: return [garbage[request.number % garbage.count].bytes]
      case 2: return [[]]
      default: return [bulk(request.command[1]).map { $0 } + [0x3F]]
      }
    }) { url, connections in
      try await withRedisClient(url: url) { redis in
        while connections.opened < 20 {
          let wrong = await echoMany(redis, count: 500)
          #expect(wrong.isEmpty, "\(wrong.first ?? "")")
        }
      }
    }
  }

  @Test func `whatever a random server says, callers get an answer and the process lives`() async throws {
    let alphabet = Array("*$:+-0123456789\r\n\0ab".utf8)
    try await withStubServer({ request in
      var random = SplitMix(seed: UInt64(request.number))
      return [(0..<200).compactMap { _ in alphabet.randomElement(using: &random) }]
    }) { url, _ in
      try await withRedisClient(url: url) { redis in
        await withTaskGroup(of: Void.self) { group in
          for _ in 0..<500 {
            group.addTask { _ = try? await redis.send(RedisCommand("ECHO", "x"), timeout: .milliseconds(200)) }
          }
        }
      }
    }
  }
}

/// Sends `count` different values at once and returns what came back to the wrong caller; errors are no wrong replies.
func echoMany(_ redis: RedisClient, count: Int) async -> [String] {
  await withTaskGroup(of: String?.self) { group in
    for index in 0..<count {
      group.addTask {
        guard let reply = try? await redis.send(RedisCommand("ECHO", "value \(index)")) else { return nil }
        let text = (try? reply.string()) ?? "\(reply)"
        return text == "value \(index)" ? nil : "\(index) got \(text)"
      }
    }
    return await group.reduce(into: []) { wrong, text in if let text { wrong.append(text) } }
  }
}

extension RedisClient {
  /// Again while the connection is being made anew.
  func patiently<R>(_ body: () async throws -> R) async throws -> R {
    for _ in 0..<2000 {
      do {
        return try await body()
      } catch let error as RedisError where [.notConnected, .connectionLost, .protocolViolation].contains(error.kind) {
        try await pause(milliseconds: 2)
      }
    }
    return try await body()
  }
}

extension RedisClient.Configuration {
  static var oneConnection: Self {
    var configuration = Self.forTests
    configuration.connectionCount = 1
    return configuration
  }
}
