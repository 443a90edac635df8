import Logging
import NIOCore
import NIOPosix
import Operations
import ServiceHost
import ServiceLifecycle
import Telemetry

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Finds out before anything starts whether a port can be listened at, for a sentence instead of a stack of errors.
enum ListeningPort {
  static func check(host: String, port: Int, option: String) async throws {
    guard (0...65_535).contains(port) else { throw ConfigurationError("\(option) must be from 0 to 65535") }
    guard port > 0 else { return }
    do {
      let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1).bind(host: host, port: port).get()
      try await channel.close()
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw ConfigurationError("port \(port) is in use: choose another with \(option)")
    } catch let error as IOError where error.errnoCode == EACCES {
      throw ConfigurationError("port \(port) needs more rights than this user has: choose another with \(option)")
    } catch {
      throw ConfigurationError("\(host):\(port) cannot be listened at (\(error)): choose another with \(option)")
    }
  }
}

extension Environment {
  /// Where to listen by the variables `<prefix>HOST` and `<prefix>PORT`: a port that is free.
  func listening(_ prefix: String, port fallback: Int) async throws -> (host: String, port: Int) {
    let host = string("\(prefix)HOST") ?? "0.0.0.0"
    let port = try integer("\(prefix)PORT", default: fallback, in: 0...65_535)
    try await ListeningPort.check(host: host, port: port, option: "\(prefix)PORT")
    return (host, port)
  }
}

extension OperationsServer {
  /// Where `METRICS_HOST` and `METRICS_PORT` want it; nothing where the latter is not set.
  static func parts(
    of name: String, _ environment: Environment, metrics: MetricRegistry, health: HealthRoutes, logger: Logger
  ) async throws -> [any Service] {
    guard environment.string("METRICS_PORT") != nil else { return [] }
    let (host, port) = try await environment.listening("METRICS_", port: 0)
    return [
      OperationsServer(host: host, ports: port...port, metrics: metrics, health: health, logger: logger) {
        announce("ticketing \(name) shows its metrics at \($0)")
      }
    ]
  }
}
