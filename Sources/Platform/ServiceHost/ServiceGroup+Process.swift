import Logging
import ServiceLifecycle

extension ServiceGroup {
  /// Runs long-lived parts until SIGTERM or SIGINT: they start in order and stop in the opposite one, within ten seconds.
  package static func runProcess(_ services: [any Service], logger: Logger) async throws {
    var configuration = ServiceGroupConfiguration(
      services: services.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
      gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    configuration.maximumGracefulShutdownDuration = .seconds(8)
    configuration.maximumCancellationDuration = .seconds(2)
    try await ServiceGroup(configuration: configuration).run()
  }
}
