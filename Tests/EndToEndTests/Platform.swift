import Foundation
import ProcessTestSupport
import RedisTestSupport

/// Six processes that found each other.
struct Platform {
  /// In the order in which they start, so that each finds those that it calls.
  enum Part: String, CaseIterable {
    case auth, tickets, orders, payments, expiration, gateway
  }

  private var processes: [Part: RunningProcess] = [:]
  /// Where each listens; a part that is started again listens there again.
  private var ports: [Part: Int] = [:]
  private let environment: [String: String]

  var gateway: RunningProcess {
    get throws { try process(.gateway) }
  }
  var port: Int { ports[.gateway] ?? 0 }
  var all: [RunningProcess] { Part.allCases.compactMap { processes[$0] } }

  /// All of them on one Redis. `variables` come on top of what they need.
  static func start(redis: RedisTestServer, _ variables: [String: String] = [:]) async throws -> Platform {
    let environment = [
      "JWT_KEY": "0123456789abcdef0123456789abcdef", "REDIS_URL": "unix://\(redis.socketPath)", "RPC_HOST": "127.0.0.1",
      "HOST": "127.0.0.1", "SCRYPT_COST": "1024,8,1", "CLAIM_IDLE_MS": "1000",
    ]
    var platform = Platform(environment: environment.merging(variables) { $1 })
    for part in Part.allCases { try await platform.restart(part) }
    return platform
  }

  private init(environment: [String: String]) {
    self.environment = environment
  }

  func process(_ part: Part) throws -> RunningProcess {
    guard let process = processes[part] else { throw Failure(description: "\(part) has not been started") }
    return process
  }

  /// kill -9
  func kill(_ part: Part) async {
    processes[part]?.signal(SIGKILL)
    _ = await processes[part]?.exitStatus()
  }

  /// Starts a part, where the others know it to be if it ran before.
  mutating func restart(_ part: Part) async throws {
    var environment = environment
    let port = "\(ports[part] ?? 0)"
    environment["RPC_PORT"] = port
    environment["PORT"] = port
    for (peer, port) in ports { environment["\(peer.rawValue.uppercased())_ADDR"] = "127.0.0.1:\(port)" }
    let process = try RunningProcess(ticketing, [part.rawValue], environment: environment)
    processes[part] = process
    ports[part] = try await process.port()
  }

  /// Ctrl-C for all, the gateway first; their exit statuses.
  func stop() async -> [Int32] {
    var statuses: [Int32] = []
    for process in all.reversed() { statuses.append(await process.stop()) }
    return statuses
  }
}
