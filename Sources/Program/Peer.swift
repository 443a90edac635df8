import Logging
import Operations
import RPC
import ServiceHost
import Synchronization
import TicketingProto

/// A service that the gateway calls.
final class Peer: Sendable {
  /// For so long after it last said that it serves, a service that says it does not is taken for one that is about to
  /// stop: it does what it is asked until then, and there may be another process of it. Longer than any
  /// `SHUTDOWN_DELAY_SECONDS`.
  private static let farewell: Duration = .seconds(10)

  private let name: ServiceName
  let client: HTTP2Client
  private let lastServing = Mutex<ContinuousClock.Instant?>(nil)

  /// Dials `<NAME>_ADDR`.
  init(_ name: ServiceName, _ environment: Environment, connections: Int? = nil, logger: Logger) throws {
    self.name = name
    let variable = "\(name.rawValue.uppercased())_ADDR"
    let text = try environment.required(variable, expected: "the host:port of the \(name.rawValue) service, or several")
    do {
      var configuration = ClientConfiguration()
      configuration.connections = connections ?? configuration.connections
      let tls = try environment.rpcTLS()
      // Whatever address it has: the process that answers must be of that service.
      if tls != nil { configuration.serverName = name.rawValue }
      client = try HTTP2Client(
        target: text, tls: tls.map { .client($0) }, configuration: configuration, logger: logger)
    } catch let error as ConfigurationError {
      throw error
    } catch {
      throw ConfigurationError(
        "\(variable) is '\(text.prefix(80))': it must be host:port or unix:/path, or several of these, comma-separated")
    }
  }

  /// What the service says of itself, asked as any health check would.
  var dependency: Dependency {
    Dependency(name.rawValue) { [self] in
      do {
        let answer = try await HealthV1.HealthClient(client).check(
          HealthV1.HealthCheckRequest(), options: CallOptions(timeout: Dependency.answerTime))
        return state(serving: answer.status == .serving)
      } catch {
        return .down("\(error)")
      }
    }
  }

  private func state(serving: Bool) -> Dependency.State {
    lastServing.withLock { last in
      if serving {
        last = .now
        return .up()
      }
      let isLeaving = last.map { .now - $0 < Self.farewell } ?? false
      return isLeaving
        ? .up(note: "a process of it says that it does not serve") : .down("it does not serve at the moment")
    }
  }
}
