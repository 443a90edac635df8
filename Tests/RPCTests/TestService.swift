import NIOCore
import RPC
import Synchronization

/// A message that is a text; "malformed" stands for bytes that cannot be decoded.
struct Text: RPCMessage, Hashable, ExpressibleByStringLiteral {
  var value: String

  init(_ value: String) {
    self.value = value
  }

  init(stringLiteral value: String) {
    self.value = value
  }

  init(decoding bytes: UnsafeRawBufferPointer) throws {
    value = String(decoding: bytes, as: UTF8.self)
    if value == "malformed" { throw MessageError("malformed") }
  }

  func encode(into buffer: inout ByteBuffer) throws {
    if value == "cannot be encoded" { throw MessageError("unencodable") }
    buffer.writeString(value)
  }
}

/// The methods that the tests call, and what their handlers saw.
final class TestService: Sendable {
  static let name = "ticketing.test.v1.TestService"
  static let echo = method("Echo")
  static let sleep = method("Sleep")
  static let fail = method("Fail")
  static let whoami = method("WhoAmI")
  static let count = method("Count")
  static let ticks = method("Ticks")
  static let flood = method("Flood")
  static let unknown = method("Unknown")

  /// Emits an event for every handler that starts, and one for every task that is cancelled.
  let events: AsyncStream<String>
  private let emit: AsyncStream<String>.Continuation
  let flooded = Atomic<Int>(0)
  let started = Atomic<Int>(0)

  init() {
    (events, emit) = AsyncStream.makeStream()
  }

  static func method(_ name: String) -> MethodDescriptor<Text, Text> {
    MethodDescriptor(service: Self.name, name: name)
  }

  /// The events up to the first of that name: a call that was tried again on a busy machine has begun more than once.
  func nextEvents(through last: String) async -> [String] {
    var found: [String] = []
    for await event in events {
      found.append(event)
      if event == last { break }
    }
    return found
  }

  /// Waits for the next events.
  func nextEvents(_ count: Int) async -> [String] {
    var found: [String] = []
    for await event in events {
      found.append(event)
      if found.count == count { break }
    }
    return found
  }

  func table(interceptors: [any ServerInterceptor] = []) -> MethodTable {
    MethodTable(
      [
        .unary(Self.echo) { request, _ in request },
        .unary(Self.sleep) { [self] request, _ in try await sleep(request) },
        .unary(Self.fail) { request, _ in throw TestService.error(request.value) },
        .unary(Self.whoami) { request, context in Text(TestService.describe(context, request.value)) },
        .serverStreaming(Self.count) { request, _, responses in
          for number in 0..<(Int(request.value.prefix { $0.isNumber }) ?? 0) {
            try await responses.write(Text(String(number)))
          }
          if request.value == "5 then fail" { throw RPCError(.aborted, "enough") }
        },
        .serverStreaming(Self.ticks) { [self] _, _, responses in try await ticks(responses) },
        .serverStreaming(Self.flood) { [self] request, _, responses in
          let message = Text(String(repeating: "x", count: Int(request.value) ?? 0))
          do {
            while true {
              try await responses.write(message)
              flooded.add(1, ordering: .relaxed)
            }
          } catch let error as RPCError {
            if error.code == .resourceExhausted { emit.yield("refused") }
            throw error
          }
        },
      ],
      interceptors: interceptors)
  }

  private func sleep(_ request: Text) async throws -> Text {
    started.add(1, ordering: .relaxed)
    emit.yield("started")
    do {
      try await Task.sleep(for: .milliseconds(Int(request.value) ?? 0))
    } catch {
      emit.yield("cancelled")
      throw error
    }
    return "slept"
  }

  private func ticks(_ responses: ResponseWriter<Text>) async throws {
    started.add(1, ordering: .relaxed)
    emit.yield("started")
    do {
      for number in 0... {
        try await responses.write(Text(String(number)))
        try await Task.sleep(for: .milliseconds(1))
      }
    } catch {
      emit.yield("cancelled")
      throw error
    }
  }

  struct Secret: Error, CustomStringConvertible {
    let description = "the password is hunter2"
  }

  struct Refusal: RPCErrorConvertible {
    let rpcError = RPCError(.failedPrecondition, "not now", reason: "NOT_NOW")
  }

  private static func error(_ kind: String) -> any Error {
    switch kind {
    case "secret": Secret()
    case "refusal": Refusal()
    case "cancel": CancellationError()
    case "full":
      RPCError(
        .invalidArgument, "Zeile 1\nZeile 2: 100 % ü", reason: "BAD_PRICE",
        violations: [.init(field: "price", message: "muß größer als 0 sein"), .init(field: "title", message: "")],
        retryAfter: .milliseconds(1500), cause: Secret())
    default: RPCError(StatusCode(name: kind) ?? .unknown, "asked for")
    }
  }

  private static func describe(_ context: CallContext, _ what: String) -> String {
    switch what {
    case "requestID": context.requestID
    case "peer": context.peer
    case "peerName": context.peerName ?? "nobody"
    case "path": context.path
    case "caller": context.caller?.userID ?? "nobody"
    case "deadline": context.deadline == nil ? "none" : "some"
    default: context.metadata.all(what).joined(separator: ",")
    }
  }
}
