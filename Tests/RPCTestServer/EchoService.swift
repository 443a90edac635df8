import NIOCore
import RPC

/// `ticketing.test.v1.EchoService`: methods that show a peer what the runtime does with calls.
enum EchoService {
  private static let name = "ticketing.test.v1.EchoService"

  static func registrations(log: @escaping @Sendable (String) -> Void) -> [MethodRegistration] {
    [
      .unary(method("Echo"), echo),
      .unary(method("Sleep")) { request, _ in try await sleep(request, log: log) },
      .unary(method("Fail"), fail),
      .serverStreaming(method("Flood"), flood),
      .serverStreaming(method("Ticks")) { _, _, responses in try await ticks(responses, log: log) },
    ]
  }

  private static func method(_ name: String) -> MethodDescriptor<RawBytes, RawBytes> {
    MethodDescriptor(service: Self.name, name: name)
  }

  /// Answers the request; metadata named `echo-…` comes back as trailers.
  @Sendable private static func echo(_ request: RawBytes, _ context: CallContext) async throws -> RawBytes {
    for (name, value) in context.metadata.pairs where name.hasPrefix("echo-") {
      context.addTrailer(name, value)
    }
    return request
  }

  /// The request is a number of milliseconds.
  private static func sleep(_ request: RawBytes, log: (String) -> Void) async throws -> RawBytes {
    guard let milliseconds = Int64(request.text), milliseconds >= 0 else {
      throw RPCError(.invalidArgument, "\(request.text) is no number of milliseconds.")
    }
    do {
      try await Task.sleep(for: .milliseconds(milliseconds))
    } catch {
      log("cancelled")
      throw error
    }
    return RawBytes("slept")
  }

  /// The request is a code, a message of any number of words, and a reason.
  @Sendable private static func fail(_ request: RawBytes, _ context: CallContext) async throws -> RawBytes {
    let text = request.text
    guard let first = text.firstIndex(of: " "), let last = text.lastIndex(of: " "), first < last else {
      throw RPCError(.invalidArgument, "Send: CODE message reason.")
    }
    let word = text[..<first]
    guard let code = StatusCode(name: word) ?? Int(word).flatMap(StatusCode.init(rawValue:)) else {
      throw RPCError(.invalidArgument, "\(word) is no status code.")
    }
    if code == .ok { return RawBytes("") }
    throw RPCError(
      code, String(text[text.index(after: first)..<last]), reason: String(text[text.index(after: last)...]))
  }

  /// The request is a count and a size in bytes.
  @Sendable private static func flood(
    _ request: RawBytes, _ context: CallContext, _ responses: ResponseWriter<RawBytes>
  ) async throws {
    let numbers = request.text.split(separator: " ").compactMap { Int($0) }
    guard numbers.count == 2, numbers[0] >= 0, (0...16_777_216).contains(numbers[1]) else {
      throw RPCError(.invalidArgument, "Send: count size.")
    }
    let message = RawBytes(ByteBuffer(repeating: UInt8(ascii: "x"), count: numbers[1]))
    for _ in 0..<numbers[0] { try await responses.write(message) }
  }

  private static func ticks(_ responses: ResponseWriter<RawBytes>, log: (String) -> Void) async throws {
    do {
      var count = 0
      while true {
        try await responses.write(RawBytes(String(count)))
        try await Task.sleep(for: .milliseconds(10))
        count += 1
      }
    } catch {
      log("cancelled")
      throw error
    }
  }
}
