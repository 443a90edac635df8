import RPC
import Records
import ServiceHost
import Testing

@testable import Redis

@Suite struct StoreFaultInterceptorTests {
  @Test(arguments: [
    RedisError.notConnected("gone"), .authentication("wrong password"), .queueFull("full"), .protocolViolation("odd"),
    RedisError(.timedOut, "late", mayHaveRun: true), RedisError(.connectionLost, "closed", mayHaveRun: true),
    .server("OOM command not allowed"), .server("LOADING Redis is loading"), .server("READONLY a replica"),
    .server("MISCONF cannot persist"), .server("BUSY running a script"), .server("NOREPLICAS too few"),
  ])
  func `a store that is away is worth another try`(_ fault: RedisError) async {
    let status = await status(of: fault)
    #expect(status?.code == .unavailable)
    #expect(status?.reason == "STORE_UNAVAILABLE")
    #expect(status?.retryAfter == .seconds(1))
  }

  @Test(arguments: [
    RedisError.invalidRequest("an argument of 600 MB"), .server("ERR Error running script: user_script:3: nil"),
    .server("ERR wrong number of arguments"), .server("NOGROUP no such group"), .server("EXECABORT discarded"),
    RedisError.invalidURL("no URL"),
  ])
  func `a command that never succeeds is an error of ours`(_ fault: RedisError) async {
    let status = await status(of: fault)
    #expect(status?.code == .internal)
    #expect(status?.reason == "STORE_FAULT")
    #expect(status?.retryAfter == nil)
    #expect(status.flatMap { $0.cause as? RedisError } == fault)
  }

  @Test(
    arguments: [
      RedisError.unexpectedReply("expected an integer"), RedisError.server("WRONGTYPE Operation against a key"),
      MalformedRecord(RedisKey("{a}:b")),
    ] as [any Error])
  func `what is stored in another form is an error of ours`(_ fault: any Error) async {
    let status = await status(of: fault)
    #expect(status?.code == .internal)
    #expect(status?.reason == "MALFORMED_RECORD")
    #expect(status?.message.contains("{a}") == false)
  }

  private func status(of fault: any Error) async -> RPCError? {
    do {
      try await StoreFaultInterceptor().intercept(CallContext(path: "/a/b")) { _ in throw fault }
      return nil
    } catch {
      return error as? RPCError
    }
  }
}
