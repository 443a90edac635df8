import Logging
import Operations
import ServiceLifecycle

/// Asks every dependency once a second and keeps the health state true; says so when one goes or comes back.
struct HealthMonitor: Service {
  private static let interval: Duration = .seconds(1)

  let state: HealthState
  let services: [HostedService]
  let logger: Logger

  func run() async throws {
    await withGracefulShutdownHandler {
      await cancelWhenGracefulShutdown {
        var down: Set<String> = []
        while !Task.isCancelled {
          for service in services { await check(service, &down) }
          try? await Task.sleep(for: Self.interval)
        }
      }
    } onGracefulShutdown: {
      state.drain()
    }
  }

  private func check(_ service: HostedService, _ down: inout Set<String>) async {
    let states = await Dependency.states(of: service.dependencies)
    var serving = true
    for (dependency, state) in zip(service.dependencies, states) {
      let key = "\(service.name) needs \(dependency.name)"
      switch state {
      case .up:
        guard down.remove(key) != nil else { continue }
        logger.notice("dependency is back", metadata: ["dependency": .string(key)])
      case .down(let reason):
        serving = false
        guard !Task.isCancelled, down.insert(key).inserted else { continue }
        logger.error(
          "dependency is down", metadata: ["dependency": .string(key), "reason": .string(reason)])
      }
    }
    state.set(service.serviceName, serving: serving)
  }
}
