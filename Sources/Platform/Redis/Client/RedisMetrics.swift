import Synchronization
import Telemetry

/// What a client knows of its connections and commands. Blocking reads are not among the latter: they wait on purpose.
final class RedisMetrics: MetricSource {
  private struct OutcomeLabels: MetricLabels {
    static let names = ["redis", "outcome"]
    let redis: String
    let outcome: String
    var values: [String] { [redis, outcome] }
  }

  private struct ServerLabels: MetricLabels {
    static let names = ["redis"]
    let redis: String
    var values: [String] { [redis] }
  }

  private let server: ServerLabels
  private let connections = Atomic(0)
  private let inFlight = Atomic(0)
  private let durations = Histogram<ServerLabels>(
    "ticketing_redis_command_duration_seconds", help: "From the sending of a command or pipeline to its reply.",
    bounds: .command)
  private let commits = Counter<OutcomeLabels>(
    "ticketing_commits_total",
    help: "Commits by outcome; conflict: a guard did not hold, because another was first or the state forbids it.")

  init(url: RedisURL) {
    server = ServerLabels(redis: url.description)
  }

  func opened() { connections.wrappingAdd(1, ordering: .relaxed) }
  func closed() { connections.wrappingSubtract(1, ordering: .relaxed) }

  func measuring(_ command: () async throws -> RESPValue) async throws -> RESPValue {
    let start = ContinuousClock.now
    inFlight.wrappingAdd(1, ordering: .relaxed)
    defer {
      inFlight.wrappingSubtract(1, ordering: .relaxed)
      durations.record(ContinuousClock.now - start, server)
    }
    return try await command()
  }

  func committed(_ outcome: CommitOutcome) {
    let name =
      switch outcome {
      case .applied: "applied"
      case .repeated: "repeated"
      case .refused: "conflict"
      }
    commits.add(1, OutcomeLabels(redis: server.redis, outcome: name))
  }

  func families() -> [MetricFamily] {
    let labels = server.pairs
    return durations.families() + commits.families() + [
      MetricFamily(
        "ticketing_redis_connections", help: "Open connections for commands.", .gauge,
        [.init(Double(connections.load(ordering: .relaxed)), labels)]),
      MetricFamily(
        "ticketing_redis_commands_in_flight", help: "Commands sent, or waiting to be, that have no reply yet.", .gauge,
        [.init(Double(inFlight.load(ordering: .relaxed)), labels)]),
    ]
  }
}
