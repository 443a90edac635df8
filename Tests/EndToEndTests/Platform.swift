import Foundation
import ProcessTestSupport
import RedisTestSupport

/// Six processes that found each other.
struct Platform {
  /// In the order in which they start, so that each finds those that it calls.
  enum Part: String, CaseIterable {
    case auth, tickets, orders, payments, expiration, gateway
  }

  private var processes: [Part: [RunningProcess]] = [:]
  /// Where each listens; a part that is started again listens there again.
  private var ports: [Part: [Int]] = [:]
  private let environment: [String: String]
  /// Seconds by which a part's clock is ahead.
  private let clocks: [Part: Int]

  var gateway: RunningProcess {
    get throws { try process(.gateway) }
  }
  var port: Int { ports[.gateway]?.first ?? 0 }
  var gatewayPorts: [Int] { ports[.gateway] ?? [] }
  var all: [RunningProcess] { Part.allCases.flatMap { processes[$0] ?? [] } }

  /// All of them on one Redis. `variables` come on top of what they need; of each part there is one, or as many as
  /// `copies` says; the `clocks` of some are ahead by so many seconds.
  static func start(
    redis: RedisTestServer, _ variables: [String: String] = [:], copies: [Part: Int] = [:], clocks: [Part: Int] = [:]
  ) async throws -> Platform {
    let environment = [
      "JWT_KEY": "0123456789abcdef0123456789abcdef", "REDIS_URL": "unix://\(redis.socketPath)", "RPC_HOST": "127.0.0.1",
      "HOST": "127.0.0.1", "SCRYPT_COST": "1024,8,1", "CLAIM_IDLE_MS": "1000",
    ]
    var platform = Platform(environment: environment.merging(variables) { $1 }, clocks: clocks)
    for part in Part.allCases {
      for number in 0..<(copies[part] ?? 1) { try await platform.restart(part, number) }
    }
    return platform
  }

  private init(environment: [String: String], clocks: [Part: Int]) {
    self.environment = environment
    self.clocks = clocks
  }

  func process(_ part: Part, _ number: Int = 0) throws -> RunningProcess {
    guard let processes = processes[part], number < processes.count else {
      throw Failure(description: "\(part) has not been started")
    }
    return processes[number]
  }

  /// kill -9
  func kill(_ part: Part, _ number: Int = 0) async {
    guard let process = try? process(part, number) else { return }
    process.signal(SIGKILL)
    _ = await process.exitStatus()
  }

  /// Starts a part, where the others know it to be if it ran before.
  mutating func restart(_ part: Part, _ number: Int = 0) async throws {
    var environment = environment
    let known = ports[part] ?? []
    let port = "\(number < known.count ? known[number] : 0)"
    environment["RPC_PORT"] = port
    environment["PORT"] = port
    for (peer, ports) in ports {
      environment["\(peer.rawValue.uppercased())_ADDR"] = ports.map { "127.0.0.1:\($0)" }.joined(separator: ",")
    }
    let process =
      if let seconds = clocks[part] {
        try RunningProcess(ticketing, [part.rawValue], environment: environment, clockAheadBy: seconds)
      } else {
        try RunningProcess(ticketing, [part.rawValue], environment: environment)
      }
    if number < known.count {
      processes[part]?[number] = process
      _ = try await process.port()
    } else {
      processes[part, default: []].append(process)
      ports[part, default: []].append(try await process.port())
    }
  }

  /// Ctrl-C for all, the gateway first; their exit statuses.
  func stop() async -> [Int32] {
    var statuses: [Int32] = []
    for process in all.reversed() { statuses.append(await process.stop()) }
    return statuses
  }
}
