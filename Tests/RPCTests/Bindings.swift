import Foundation
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import RPC
import ServiceLifecycle
import TLSFiles
import Testing

/// The ways to reach a method table; one test body runs over all of them.
enum Binding: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case direct
  case tcp
  case unix

  var testDescription: String { rawValue }
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A path for a socket file, short enough for `sun_path`.
func socketPath() -> String {
  FileManager.default.temporaryDirectory.appending(path: "rpc-\(UInt32.random(in: .min ... .max)).sock").path
}

extension ServerLimits {
  /// Limits of time that a busy machine does not reach.
  static var patient: ServerLimits {
    var limits = ServerLimits()
    limits.handshakeTimeout = .seconds(60)
    return limits
  }
}

extension ClientConfiguration {
  /// Limits of time that a busy machine does not reach.
  static var patient: ClientConfiguration {
    var configuration = ClientConfiguration()
    configuration.connectTimeout = .seconds(60)
    return configuration
  }
}

/// Runs `body` with a channel to `table`, and stops everything that it started.
func withChannel<Result: Sendable>(
  _ binding: Binding,
  to table: MethodTable,
  limits: ServerLimits = .patient,
  configuration: ClientConfiguration = .patient,
  _ body: @escaping @Sendable (any RPCChannel) async throws -> Result
) async throws -> Result {
  if binding == .direct { return try await body(DirectChannel(table: table)) }
  let address: ServerAddress = binding == .unix ? .unix(path: socketPath()) : .tcp(host: "127.0.0.1", port: 0)
  defer { if case .unix(let path) = address { try? FileManager.default.removeItem(atPath: path) } }
  return try await withServer(table, at: address, limits: limits) { target in
    try await withClient(of: target, configuration: configuration) { try await body($0) }
  }
}

/// Runs `body` with the target of a server for `table`, and shuts the server down.
func withServer<Result: Sendable>(
  _ table: MethodTable,
  at address: ServerAddress = .tcp(host: "127.0.0.1", port: 0),
  tls: TLSSource? = nil,
  limits: ServerLimits = .patient,
  group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
  _ body: @escaping @Sendable (_ target: String) async throws -> Result
) async throws -> Result {
  let server = HTTP2Server(
    table: table, address: address, tls: tls, limits: limits, group: group, logger: quiet)
  return try await withService(server) { try await body(server.target) }
}

func withClient<Result: Sendable>(
  of target: String,
  tls: TLSSource? = nil,
  configuration: ClientConfiguration = .patient,
  group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
  _ body: @escaping @Sendable (HTTP2Client) async throws -> Result
) async throws -> Result {
  let client = try HTTP2Client(target: target, tls: tls, configuration: configuration, group: group, logger: quiet)
  return try await withService(client) { try await body(client) }
}

/// Runs `service` beside `body`, and ends it by a graceful shutdown.
func withService<Result: Sendable>(
  _ service: any Service, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
  let group = ServiceGroup(services: [service], logger: quiet)
  return try await withThrowingTaskGroup(of: Void.self) { tasks in
    tasks.addTask { try await group.run() }
    let result: Swift.Result<Result, any Error>
    do {
      result = .success(try await body())
    } catch {
      result = .failure(error)
    }
    await group.triggerGracefulShutdown()
    try await tasks.waitForAll()
    return try result.get()
  }
}

extension HTTP2Server {
  /// What a client dials.
  var target: String {
    get async throws {
      let address = try await boundAddress
      if let path = address.pathname { return "unix:\(path)" }
      return "127.0.0.1:\(address.port ?? 0)"
    }
  }
}

/// The error that `body` throws, which has to be one of ours.
func rpcError(_ body: () async throws -> some Any) async -> RPCError? {
  do {
    _ = try await body()
    Issue.record("no error was thrown")
    return nil
  } catch let error as RPCError {
    return error
  } catch {
    Issue.record("\(error) is no RPCError")
    return nil
  }
}
