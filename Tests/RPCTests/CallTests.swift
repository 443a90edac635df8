import RPC
import Testing

/// Long enough for a busy machine.
private let patient = CallOptions(timeout: .seconds(60))

/// What a call does, whatever binding it takes.
@Suite struct CallTests {
  @Test(arguments: Binding.allCases)
  func `a unary call answers`(binding: Binding) async throws {
    try await withChannel(binding, to: TestService().table()) { channel in
      for size in [0, 1, 100, 70_000, 1_048_576] {
        let request = Text(String(repeating: "a", count: size))
        let response = try await channel.unary(TestService.echo, request, options: patient)
        #expect(response == request)
      }
    }
  }

  @Test(arguments: Binding.allCases)
  func `many calls at once all answer`(binding: Binding) async throws {
    try await withChannel(binding, to: TestService().table()) { channel in
      try await withThrowingTaskGroup(of: Bool.self) { tasks in
        for number in 0..<200 {
          tasks.addTask {
            let text = Text(String(number))
            return try await channel.unary(TestService.echo, text, options: CallOptions(timeout: .seconds(60))) == text
          }
        }
        for try await isEqual in tasks { #expect(isEqual) }
      }
    }
  }

  @Test(arguments: Binding.allCases)
  func `a stream delivers every response in order`(binding: Binding) async throws {
    try await withChannel(binding, to: TestService().table()) { channel in
      let numbers = try await channel.serverStreaming(TestService.count, "1000", options: patient) { stream in
        var numbers: [Int] = []
        for try await text in stream { numbers.append(Int(text.value) ?? -1) }
        return numbers
      }
      #expect(numbers == Array(0..<1000))
    }
  }

  @Test(arguments: Binding.allCases)
  func `a stream that fails delivers what came before`(binding: Binding) async throws {
    try await withChannel(binding, to: TestService().table()) { channel in
      var seen = 0
      do {
        try await channel.serverStreaming(TestService.count, "5 then fail", options: patient) { stream in
          var iterator = stream.makeAsyncIterator()
          while try await iterator.next() != nil { seen += 1 }
        }
        Issue.record("no error was thrown")
      } catch let error as RPCError {
        #expect(error.code == .aborted)
      }
      #expect(seen == 5)
    }
  }

  @Test(arguments: Binding.allCases)
  func `every code arrives with its message`(binding: Binding) async throws {
    try await withChannel(binding, to: TestService().table()) { channel in
      for code in StatusCode.allCases where code != .ok {
        let error = await rpcError {
          try await channel.unary(TestService.fail, Text(code.name), options: patient)
        }
        #expect(error?.code == code)
        #expect(error?.message == "asked for")
      }
    }
  }

  @Test(arguments: Binding.allCases)
  func `the details of an error arrive`(binding: Binding) async throws {
    try await withChannel(binding, to: TestService().table()) { channel in
      let error = await rpcError { try await channel.unary(TestService.fail, "full", options: patient) }
      #expect(error?.code == .invalidArgument)
      #expect(error?.message == "Zeile 1\nZeile 2: 100 % ü")
      #expect(error?.reason == "BAD_PRICE")
      #expect(error?.violations.map(\.field) == ["price", "title"])
      #expect(error?.violations.map(\.message) == ["muß größer als 0 sein", ""])
      let wait = try #require(error?.retryAfter)
      #expect(wait == (binding == .direct ? .milliseconds(1500) : .seconds(2)))
    }
  }

  @Test(arguments: Binding.allCases)
  func `an error that knows its status arrives as that`(binding: Binding) async throws {
    try await withChannel(binding, to: TestService().table()) { channel in
      let error = await rpcError { try await channel.unary(TestService.fail, "refusal", options: patient) }
      #expect(error?.description == "FAILED_PRECONDITION [NOT_NOW]: not now")
    }
  }

  @Test(arguments: Binding.allCases)
  func `an internal error tells nothing of itself`(binding: Binding) async throws {
    try await withChannel(binding, to: TestService().table()) { channel in
      let error = await rpcError { try await channel.unary(TestService.fail, "secret", options: patient) }
      #expect(error?.code == .unknown)
      #expect(error?.description.contains("hunter2") == false)
    }
  }

  @Test(arguments: Binding.allCases)
  func `cancellation inside a handler is CANCELLED`(binding: Binding) async throws {
    try await withChannel(binding, to: TestService().table()) { channel in
      let error = await rpcError { try await channel.unary(TestService.fail, "cancel", options: patient) }
      #expect(error?.code == .cancelled)
    }
  }

  @Test(arguments: Binding.allCases)
  func `an unknown method is UNIMPLEMENTED`(binding: Binding) async throws {
    try await withChannel(binding, to: TestService().table()) { channel in
      let error = await rpcError { try await channel.unary(TestService.unknown, "", options: patient) }
      #expect(error?.code == .unimplemented)
    }
  }

  @Test(arguments: Binding.allCases)
  func `a deadline ends the call and cancels its handler`(binding: Binding) async throws {
    let service = TestService()
    try await withChannel(binding, to: service.table()) { channel in
      // On a busy machine a deadline may pass before the handler begins; then again, with a later one.
      var options = CallOptions(timeout: .milliseconds(100))
      while service.started.load(ordering: .relaxed) == 0 {
        options.timeout = options.timeout.map { $0 * 2 }
        let error = await rpcError { [options] in
          try await channel.unary(TestService.sleep, "600000", options: options)
        }
        #expect(error?.code == .deadlineExceeded)
      }
      let events = await service.nextEvents(through: "cancelled")
      #expect(events.first == "started" && events.last == "cancelled")
    }
  }

  @Test(arguments: Binding.allCases)
  func `a deadline that has passed runs nothing`(binding: Binding) async throws {
    try await withChannel(binding, to: TestService().table()) { channel in
      for timeout in [Duration.zero, .seconds(-1)] {
        let error = await rpcError {
          try await channel.unary(TestService.sleep, "0", options: CallOptions(timeout: timeout))
        }
        #expect(error?.code == .deadlineExceeded)
      }
    }
  }

  @Test(arguments: Binding.allCases)
  func `a deadline ends a stream`(binding: Binding) async throws {
    let service = TestService()
    try await withChannel(binding, to: service.table()) { channel in
      var options = CallOptions(timeout: .milliseconds(100))
      while service.started.load(ordering: .relaxed) == 0 {
        options.timeout = options.timeout.map { $0 * 2 }
        let error = await rpcError { [options] in
          try await channel.serverStreaming(TestService.ticks, "", options: options) { stream in
            for try await _ in stream {}
          }
        }
        #expect(error?.code == .deadlineExceeded)
      }
      let events = await service.nextEvents(through: "cancelled")
      #expect(events.first == "started" && events.last == "cancelled")
    }
  }

  @Test(arguments: Binding.allCases)
  func `a cancelled caller cancels the handler`(binding: Binding) async throws {
    let service = TestService()
    try await withChannel(binding, to: service.table()) { channel in
      let caller = Task {
        await rpcError { try await channel.unary(TestService.sleep, "60000", options: CallOptions(timeout: nil)) }
      }
      var events = service.events.makeAsyncIterator()
      #expect(await events.next() == "started")
      caller.cancel()
      #expect(await caller.value?.code == .cancelled)
      #expect(await events.next() == "cancelled")
    }
  }

  @Test(arguments: Binding.allCases)
  func `leaving a stream cancels the handler`(binding: Binding) async throws {
    let service = TestService()
    try await withChannel(binding, to: service.table()) { channel in
      let first = try await channel.serverStreaming(
        TestService.ticks, "", options: CallOptions(timeout: nil)
      ) { stream in
        try await stream.first { _ in true }
      }
      #expect(first == "0")
      #expect(await service.nextEvents(2) == ["started", "cancelled"])
    }
  }

  @Test(arguments: Binding.allCases)
  func `an error of a stream's reader is thrown as it is`(binding: Binding) async throws {
    struct Mine: Error {}
    try await withChannel(binding, to: TestService().table()) { channel in
      _ = await #expect(throws: Mine.self) {
        try await channel.serverStreaming(TestService.count, "10", options: patient) { (_) -> Void in
          throw Mine()
        }
      }
    }
  }

  @Test(arguments: Binding.allCases)
  func `metadata and the request id reach the handler`(binding: Binding) async throws {
    try await withChannel(binding, to: TestService().table()) { channel in
      var options = CallOptions(timeout: .seconds(60), metadata: ["x-request-id": "abc-1"])
      options.metadata.add("Color", "red")
      options.metadata.add("color", "blue")
      let colors = try await channel.unary(TestService.whoami, "color", options: options)
      #expect(colors == "red,blue")
      let requestID = try await channel.unary(TestService.whoami, "requestID", options: options)
      #expect(requestID == "abc-1")
      let path = try await channel.unary(TestService.whoami, "path", options: options)
      #expect(path.value.hasSuffix("/WhoAmI"))
      let long = CallOptions(timeout: .seconds(60), metadata: ["x-request-id": String(repeating: "a", count: 129)])
      let newID = try await channel.unary(TestService.whoami, "requestID", options: long)
      #expect(newID.value.utf8.count == 15)
      let deadline = try await channel.unary(TestService.whoami, "deadline", options: long)
      #expect(deadline == "some")
    }
  }

  @Test(arguments: Binding.allCases)
  func `interceptors run from the outermost in and may refuse`(binding: Binding) async throws {
    struct SetCaller: ServerInterceptor {
      func intercept<Output: Sendable>(
        _ context: CallContext, next: (CallContext) async throws -> Output
      ) async throws -> Output {
        var context = context
        context.caller = Caller(userID: context.metadata["user"])
        return try await next(context)
      }
    }
    struct RequireCaller: ServerInterceptor {
      func intercept<Output: Sendable>(
        _ context: CallContext, next: (CallContext) async throws -> Output
      ) async throws -> Output {
        guard context.caller?.userID != nil else { throw RPCError(.unauthenticated, "Sign in.") }
        return try await next(context)
      }
    }
    let table = TestService().table(interceptors: [SetCaller(), RequireCaller()])
    try await withChannel(binding, to: table) { channel in
      let options = CallOptions(timeout: .seconds(60), metadata: ["user": "ann"])
      let caller = try await channel.unary(TestService.whoami, "caller", options: options)
      #expect(caller == "ann")
      let error = await rpcError { try await channel.unary(TestService.echo, "", options: patient) }
      #expect(error?.code == .unauthenticated)
      let refused = await rpcError {
        try await channel.serverStreaming(TestService.count, "1", options: patient) { stream in
          for try await _ in stream {}
        }
      }
      #expect(refused?.code == .unauthenticated)
    }
  }

  @Test(arguments: [Binding.tcp, .unix])
  func `messages that cannot be decoded are INTERNAL`(binding: Binding) async throws {
    try await withChannel(binding, to: TestService().table()) { channel in
      let error = await rpcError { try await channel.unary(TestService.echo, "malformed", options: patient) }
      #expect(error?.code == .internal)
      let mine = await rpcError {
        try await channel.unary(TestService.echo, "cannot be encoded", options: patient)
      }
      #expect(mine?.code == .internal)
    }
  }
}
