import Redis
import RedisTestSupport
import Testing

@Suite struct AuthenticationTests {
  @Test func `a server that wants a password is reported with what to do`() async throws {
    try await withRedisServer(["requirepass s3cret"]) { server in
      try await withRedisClient(server) { redis in
        let error = await #expect(throws: RedisError.self) { try await redis.ping(timeout: .seconds(30)) }
        #expect(error?.kind == .authentication)
        #expect(error?.mayHaveRun == false)
        #expect(error?.message.contains("put it into the URL") == true, "\(error?.message ?? "")")
      }
    }
  }

  @Test func `a wrong password is reported without showing it`() async throws {
    try await withRedisServer(["requirepass s3cret"]) { server in
      let url = RedisURL(address: .unixSocket(path: server.socketPath), user: "default", password: "wr0ng")
      try await withRedisClient(url: url) { redis in
        let error = await #expect(throws: RedisError.self) { try await redis.ping(timeout: .seconds(30)) }
        #expect(error?.kind == .authentication)
        #expect(error?.message.contains("WRONGPASS") == true, "\(error?.message ?? "")")
        #expect(error.map { "\($0)".contains("wr0ng") } == false)
      }
    }
  }

  @Test(arguments: [nil, "default"]) func `the right password opens the connection`(user: String?) async throws {
    try await withRedisServer(["requirepass s3cret"]) { server in
      let url = RedisURL(address: .unixSocket(path: server.socketPath), user: user, password: "s3cret")
      try await withRedisClient(url: url) { redis in
        let found = try await redis.aclWhoAmI()
        #expect(found == "default")
      }
    }
  }

  @Test func `a user of an access list is who the URL says`() async throws {
    try await withRedisServer(["user orders on >pa%ss ~{orders}* +@all -config -client"]) { server in
      let url = try RedisURL("unix://orders:pa%25ss@\(server.socketPath)")
      try await withRedisClient(url: url) { redis in
        #expect(try await redis.aclWhoAmI() == "orders")
        let error = await #expect(throws: RedisError.self) { try await redis.get(RedisKey("other")) }
        #expect(error?.code == "NOPERM")
        guard case .unknown(let why) = try await redis.durability() else {
          Issue.record("CONFIG is forbidden to this user")
          return
        }
        #expect(why.contains("NOPERM"))
      }
    }
  }

  @Test func `a password that is accepted later connects without a restart`() async throws {
    try await withRedisServer { server in
      let url = RedisURL(address: .unixSocket(path: server.socketPath), user: "late", password: "p")
      try await withRedisClient(server) { admin in
        try await withRedisClient(url: url) { redis in
          let error = await #expect(throws: RedisError.self) { try await redis.ping() }
          #expect(error?.kind == .authentication)
          _ = try await admin.send(RedisCommand("ACL", "SETUSER", "late", "on", ">p", "~*", "+@all"))
          while (try? await redis.aclWhoAmI()) != "late" { try await pause(milliseconds: 5) }
        }
      }
    }
  }

  @Test func `the database of the URL is selected on every connection`() async throws {
    try await withRedisServer { server in
      let second = RedisURL(address: .unixSocket(path: server.socketPath), database: 2)
      try await withRedisClient(url: second) { redis in
        for index in 0..<20 { try await redis.set(RedisKey("k\(index)"), "v") }
      }
      try await withRedisClient(server) { redis in
        let found = try await redis.info("keyspace")["db2"]?.hasPrefix("keys=20,")
        #expect(found == true)
      }
    }
  }

  @Test func `a database that there is not is refused with its reason`() async throws {
    try await withRedisServer { server in
      var configuration = RedisClient.Configuration.forTests
      configuration.startWait = .milliseconds(100)
      let url = RedisURL(address: .unixSocket(path: server.socketPath), database: 999)
      try await withRedisClient(url: url, configuration: configuration) { redis in
        let error = try await firstError {
          try await redis.ping()
        } until: {
          $0.message.contains("SELECT")
        }
        #expect(error.kind == .notConnected)
      }
    }
  }

  @Test func `connections carry the client's name`() async throws {
    try await withRedisServer { server in
      var configuration = RedisClient.Configuration.forTests
      configuration.clientName = "orders"
      try await withRedisClient(server, configuration: configuration) { redis in
        let found = try await redis.send(RedisCommand("CLIENT", "GETNAME")).string()
        #expect(found == "orders")
      }
    }
  }
}
