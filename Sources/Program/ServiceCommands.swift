import ArgumentParser

/// A command that runs one service.
protocol ServiceCommand: AsyncParsableCommand {
  static var service: ServiceName { get }
  /// What the service is there for.
  static var purpose: String { get }
}

extension ServiceCommand {
  static var configuration: CommandConfiguration {
    let name = service.rawValue
    return CommandConfiguration(
      commandName: name, abstract: "Run the \(name) service: \(purpose).",
      discussion: """
        Speaks gRPC on RPC_HOST:RPC_PORT (0.0.0.0:50051) and keeps its state in \(name.uppercased())_REDIS_URL, or else \
        in REDIS_URL. JWT_KEY is the secret that sessions are signed with, the same for all services. \
        Sources/Program/README.md lists all variables.
        """)
  }

  func run() async throws { try await ServiceProcess.run(Self.service) }
}

/// `ticketing auth`
struct AuthCommand: ServiceCommand {
  static let service = ServiceName.auth
  static let purpose = "users and their sessions"
}

/// `ticketing tickets`
struct TicketsCommand: ServiceCommand {
  static let service = ServiceName.tickets
  static let purpose = "what is for sale"
}

/// `ticketing orders`
struct OrdersCommand: ServiceCommand {
  static let service = ServiceName.orders
  static let purpose = "reservations of tickets"
}

/// `ticketing payments`
struct PaymentsCommand: ServiceCommand {
  static let service = ServiceName.payments
  static let purpose = "money for orders"
}

/// `ticketing expiration`
struct ExpirationCommand: ServiceCommand {
  static let service = ServiceName.expiration
  static let purpose = "tells when the time to pay is over"
}
