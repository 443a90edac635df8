import NIOCore
import RPC
import ServiceLifecycle
import Testing

/// Connections: many deadlines at once, limits of streams, loss, drain.
@Suite struct ConnectionTests {
  private let patient = CallOptions(timeout: .seconds(60))

  @Test(.timeLimit(.minutes(2)))
  func `500 deadlines within a second lose no other call`() async throws {
    var limits = ServerLimits.patient
    limits.maxConcurrentCalls = 1000
    var configuration = ClientConfiguration.patient
    configuration.connections = 1
    try await withChannel(
      .tcp, to: TestService().table(), limits: limits, configuration: configuration
    ) { [patient] channel in
      _ = try await channel.unary(TestService.echo, "", options: patient)
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        for number in 0..<500 {
          tasks.addTask {
            let timeout = Duration.milliseconds(500 + number)
            let error = await rpcError {
              try await channel.unary(TestService.sleep, "600000", options: CallOptions(timeout: timeout))
            }
            #expect(error?.code == .deadlineExceeded)
          }
        }
        for _ in 0..<50 {
          tasks.addTask {
            let answer = try await channel.unary(TestService.sleep, "1500", options: patient)
            #expect(answer == "slept")
          }
        }
        try await tasks.waitForAll()
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `calls beyond the peer's limit of streams wait for a place`() async throws {
    var limits = ServerLimits.patient
    limits.maxConcurrentCalls = 2
    var configuration = ClientConfiguration.patient
    configuration.connections = 1
    try await withChannel(
      .tcp, to: TestService().table(), limits: limits, configuration: configuration
    ) { [patient] channel in
      _ = try await channel.unary(TestService.echo, "", options: patient)
      try await withThrowingTaskGroup(of: Text.self) { tasks in
        for _ in 0..<20 {
          tasks.addTask { try await channel.unary(TestService.sleep, "5", options: patient) }
        }
        for try await answer in tasks { #expect(answer == "slept") }
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a graceful shutdown lets calls in flight finish`() async throws {
    let service = TestService()
    let server = HTTP2Server(table: service.table(), address: .tcp(host: "127.0.0.1", port: 0), logger: quiet)
    let group = ServiceGroup(services: [server], logger: quiet)
    async let running: Void = group.run()
    try await withClient(of: server.target) { [patient] client in
      async let answer = client.unary(TestService.sleep, "1000", options: patient)
      #expect(await service.nextEvents(1) == ["started"])
      await group.triggerGracefulShutdown()
      let text = try await answer
      #expect(text == "slept")
    }
    try await running
  }

  @Test(.timeLimit(.minutes(1)))
  func `a shutdown ends calls that do not finish in time`() async throws {
    let service = TestService()
    var limits = ServerLimits.patient
    limits.drainTimeout = .milliseconds(300)
    let server = HTTP2Server(
      table: service.table(), address: .tcp(host: "127.0.0.1", port: 0), limits: limits, logger: quiet)
    let group = ServiceGroup(services: [server], logger: quiet)
    async let running: Void = group.run()
    try await withClient(of: server.target) { [patient] client in
      async let error = rpcError { try await client.unary(TestService.sleep, "600000", options: patient) }
      #expect(await service.nextEvents(1) == ["started"])
      await group.triggerGracefulShutdown()
      #expect(await error?.code == .unavailable)
      #expect(await service.nextEvents(1) == ["cancelled"])
    }
    try await running
  }

  @Test(.timeLimit(.minutes(1)))
  func `a client reconnects to a server that comes back, and fails fast meanwhile`() async throws {
    let path = socketPath()
    let table = TestService().table()
    try await withClient(of: "unix:\(path)") { [patient] client in
      try await withServer(table, at: .unix(path: path)) { _ in
        let answer = try await client.unary(TestService.echo, "1", options: patient)
        #expect(answer == "1")
      }
      let error = await rpcError {
        while true { _ = try await client.unary(TestService.echo, "down", options: patient) }
      }
      #expect(error?.code == .unavailable)
      try await withServer(table, at: .unix(path: path)) { _ in
        var answer: Text?
        while answer == nil {
          answer = try? await client.unary(TestService.echo, "2", options: patient)
          if answer == nil { try await Task.sleep(for: .milliseconds(20)) }
        }
        #expect(answer == "2")
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `calls wait for a server that starts a little later`() async throws {
    let path = socketPath()
    try await withClient(of: "unix:\(path)") { [patient] client in
      let early = Task { try await client.unary(TestService.echo, "early", options: patient) }
      // Long enough for an attempt to fail.
      try await Task.sleep(for: .milliseconds(100))
      try await withServer(TestService().table(), at: .unix(path: path)) { _ in
        let answer = try await early.value
        #expect(answer == "early")
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a client that nobody answers fails fast after its time of grace`() async throws {
    var configuration = ClientConfiguration.patient
    configuration.startupGrace = .zero
    try await withClient(of: "unix:\(socketPath())", configuration: configuration) { [patient] client in
      let error = await rpcError { try await client.unary(TestService.echo, "", options: patient) }
      #expect(error?.code == .unavailable)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a client that is shut down refuses calls`() async throws {
    let client = try HTTP2Client(target: "127.0.0.1:1", logger: quiet)
    try await withService(client) {}
    let error = await rpcError { try await client.unary(TestService.echo, "", options: CallOptions()) }
    #expect(error?.code == .unavailable)
  }

  @Test(.timeLimit(.minutes(1)))
  func `a response that is too long is RESOURCE_EXHAUSTED and costs no other call`() async throws {
    var configuration = ClientConfiguration.patient
    configuration.maxMessageBytes = 1000
    try await withChannel(.tcp, to: TestService().table(), configuration: configuration) { [patient] channel in
      let long = Text(String(repeating: "x", count: 1001))
      let error = await rpcError { try await channel.unary(TestService.echo, long, options: patient) }
      #expect(error?.code == .resourceExhausted)
      let answer = try await channel.unary(TestService.echo, "short", options: patient)
      #expect(answer == "short")
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a stream waits for its reader`() async throws {
    let service = TestService()
    try await withChannel(.tcp, to: service.table()) { channel in
      try await channel.serverStreaming(
        TestService.flood, "10000", options: CallOptions(timeout: nil)
      ) { stream in
        var iterator = stream.makeAsyncIterator()
        _ = try await iterator.next()
        var written = -1
        var before = -2
        while written != before {
          before = written
          try await Task.sleep(for: .milliseconds(300))
          written = service.flooded.load(ordering: .relaxed)
        }
        #expect(written < 1000)
        for _ in 0..<2000 { _ = try await iterator.next() }
        #expect(service.flooded.load(ordering: .relaxed) >= 2000)
      }
    }
  }
}
