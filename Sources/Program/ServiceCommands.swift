import ArgumentParser
import AuthService
import EventBus
import ExpirationService
import NIOPosix
import OrdersService
import PaymentsService
import RPC
import Redis
import ServiceHost
import TicketingProto
import TicketsService

/// `ticketing auth`
struct AuthCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "auth", abstract: "Run the auth service: users and their sessions.",
    discussion: serviceDiscussion("AUTH"))

  func run() async throws {
    try await ServiceProcess(name: "auth").run { process in
      try .auth(
        redis: process.redis, keys: process.keys,
        settings: AuthSettings(process.environment, stage: process.settings.stage))
    }
  }
}

/// `ticketing tickets`
struct TicketsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tickets", abstract: "Run the tickets service: what is for sale.",
    discussion: serviceDiscussion("TICKETS"))

  func run() async throws {
    try await ServiceProcess(name: "tickets", hearing: [.orders]).run { process in
      .tickets(
        redis: process.redis, bus: process.bus, limits: try process.environment.priceLimits(), logger: process.logger)
    }
  }
}

/// `ticketing orders`
struct OrdersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "orders", abstract: "Run the orders service: reservations of tickets.",
    discussion: serviceDiscussion("ORDERS"))

  func run() async throws {
    try await ServiceProcess(name: "orders", hearing: [.tickets, .expiration, .payments]).run { process in
      .orders(
        redis: process.redis, bus: process.bus, settings: try OrdersSettings(process.environment),
        logger: process.logger)
    }
  }
}

/// `ticketing payments`
struct PaymentsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "payments", abstract: "Run the payments service: money for orders.",
    discussion: serviceDiscussion("PAYMENTS") + " Calls the orders service at ORDERS_ADDR (host:port).")

  func run() async throws {
    let process = try await ServiceProcess(name: "payments", hearing: [.orders])
    let orders = try Peer("orders", process.environment, logger: process.logger)
    try await process.run(calling: [orders.client]) { process in
      try .payments(
        redis: process.redis, bus: process.bus,
        orders: OrdersV1.OrdersServiceClient(WatchedChannel(orders.client, to: "orders", logger: process.logger)),
        credentials: ServiceCredentials(service: "payments", keys: process.keys),
        settings: PaymentsSettings(process.environment, stage: process.settings.stage), logger: process.logger)
    }
  }
}

/// `ticketing expiration`
struct ExpirationCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "expiration", abstract: "Run the expiration service: tells when the time to pay is over.",
    discussion: serviceDiscussion("EXPIRATION"))

  func run() async throws {
    try await ServiceProcess(name: "expiration", hearing: [.orders]).run { process in
      .expiration(redis: process.redis, bus: process.bus, logger: process.logger)
    }
  }
}

private func serviceDiscussion(_ name: String) -> String {
  """
  Speaks gRPC on RPC_HOST:RPC_PORT (0.0.0.0:50051) and keeps its state in \(name)_REDIS_URL, or else in REDIS_URL. \
  JWT_KEY is the secret that sessions are signed with, the same for all services. Sources/Program/README.md lists all variables.
  """
}
