import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1

/// HTTP to Stripe: at most 64 requests in flight, 3 s for a connection, no redirect followed, TLS verified.
final class StripeConnection: Sendable {
  /// What was sent, and what came back whole; nil as the reply: nothing that can be read, for a reason that is logged.
  struct Reply: Sendable {
    let status: Int
    let body: [UInt8]
  }

  static let maximumReplyBytes = 1 << 20
  /// One for each attempt that is driven, so that none waits for another's.
  private static let maximumInFlight = 2 * DriveLanes.batch
  private static let connectTimeout: TimeAmount = .seconds(3)
  /// Fields of replies have changed between versions; ours are those of this one.
  private static let version = "2024-06-20"

  private let client: HTTPClient
  private let base: String
  private let key: Secret
  private let timeout: Duration
  private let logger: Logger

  init(base: String, key: Secret, timeout: Duration, logger: Logger) {
    self.base = base
    self.key = key
    self.timeout = timeout
    self.logger = logger
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow, timeout: .init(connect: Self.connectTimeout))
    // One request a connection: the limit of connections is the limit of requests.
    configuration.httpVersion = .http1Only
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.maximumInFlight
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  deinit {
    // Keeps the client until its connections are closed.
    client.shutdown { _ in }
  }

  func get(_ path: String) async -> Reply? {
    await send(request(.GET, path))
  }

  /// `key` marks the request, so that it is carried out once however often it is sent.
  func post(_ path: String, _ form: [(String, String)], key: String?) async -> Reply? {
    var request = request(.POST, path)
    if let key { request.headers.add(name: "Idempotency-Key", value: key) }
    request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
    request.body = .bytes(ByteBuffer(string: Self.encoded(form)))
    return await send(request)
  }

  private func request(_ method: HTTPMethod, _ path: String) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: base + path)
    request.method = method
    request.headers.add(name: "Authorization", value: "Bearer \(key.value)")
    request.headers.add(name: "Stripe-Version", value: Self.version)
    return request
  }

  private func send(_ request: HTTPClientRequest) async -> Reply? {
    do {
      let reply = try await withTimeout {
        let response = try await self.client.execute(
          request, timeout: .nanoseconds(Int64(self.timeout / .nanoseconds(1))))
        let body = try await response.body.collect(upTo: Self.maximumReplyBytes)
        return Reply(status: Int(response.status.code), body: Array(body.readableBytesView))
      }
      if reply.status == 401 || reply.status == 403 {
        logger.error("Stripe refuses STRIPE_KEY", metadata: ["status": .stringConvertible(reply.status)])
      }
      return reply
    } catch {
      // The error's own text could quote the request.
      logger.warning(
        "Stripe has not answered",
        metadata: ["request": .string(request.logName), "error": .string(Self.kind(of: error))])
      return nil
    }
  }

  /// The client's own deadline ends with the head of the reply.
  private func withTimeout(_ body: @escaping @Sendable () async throws -> Reply) async throws -> Reply {
    try await withThrowingTaskGroup(of: Reply.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await Task.sleep(for: self.timeout)
        throw HTTPClientError.deadlineExceeded
      }
      defer { group.cancelAll() }
      guard let reply = try await group.next() else { throw CancellationError() }
      return reply
    }
  }

  private static func kind(of error: any Error) -> String {
    (error as? HTTPClientError)?.shortDescription ?? "\(type(of: error))"
  }

  /// `application/x-www-form-urlencoded`: all but letters, digits and `-._` by their bytes.
  static func encoded(_ form: [(String, String)]) -> String {
    form.map { "\(encoded($0.0))=\(encoded($0.1))" }.joined(separator: "&")
  }

  private static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
        bytes.append(byte)
      default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension HTTPClientRequest {
  /// Method and path without the query: there is neither card nor key in them.
  fileprivate var logName: String {
    let path = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true).last.map(String.init) ?? ""
    return "\(method.rawValue) \(path.prefix { $0 != "?" })"
  }
}
