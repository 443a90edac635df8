import Foundation
import RPC

/// Makes the calls of ``Command`` on a channel and reports what became of them.
struct Caller: Sendable {
  let channel: any RPCChannel

  func perform(_ command: Command, resumed: AsyncStream<Void>) async throws {
    do {
      let parts = (command.path ?? "").split(separator: "/", omittingEmptySubsequences: true)
      guard parts.count == 2 else { throw RPCError(.invalidArgument, "The path is not /service/method.") }
      let method = MethodDescriptor<RawBytes, RawBytes>(service: String(parts[0]), name: String(parts[1]))
      switch command.kind {
      case .stream: try await stream(method, command, resumed)
      default:
        let answer = try await channel.unary(method, request(command), options: options(command))
        try Report(id: command.id, message: Data(answer.bytes)).print()
      }
      try Report(id: command.id, code: "OK", text: "").print()
    } catch let error as RPCError {
      try Report(
        id: command.id, code: error.code.name, text: error.message, reason: error.reason,
        violations: error.violations.map { [$0.field, $0.message] },
        retryAfterSeconds: error.retryAfter?.components.seconds
      ).print()
    } catch {
      try Report(id: command.id, code: "NOT_AN_RPC_ERROR", text: "\(error)").print()
    }
  }

  private func stream(
    _ method: MethodDescriptor<RawBytes, RawBytes>, _ command: Command, _ resumed: AsyncStream<Void>
  ) async throws {
    try await channel.serverStreaming(method, request(command), options: options(command)) { responses in
      var taken = 0
      for try await response in responses {
        try Report(id: command.id, message: Data(response.bytes)).print()
        taken += 1
        if taken == command.take { return }
        if taken == 1, command.hold == true { for await _ in resumed { break } }
      }
    }
  }

  private func request(_ command: Command) -> RawBytes {
    RawBytes(Array(command.request ?? Data()))
  }

  private func options(_ command: Command) -> CallOptions {
    var metadata = Metadata()
    for pair in command.metadata ?? [] where pair.count == 2 { metadata.add(pair[0], pair[1]) }
    return CallOptions(timeout: command.timeoutMs.map { .milliseconds($0) }, metadata: metadata)
  }
}
