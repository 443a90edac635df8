import ArgumentParser
import AuthService
import NIOPosix
import RPC
import Redis
import ServiceHost
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
    try await ServiceProcess(name: "tickets").run { process in .tickets(redis: process.redis) }
  }
}

private func serviceDiscussion(_ name: String) -> String {
  """
  Speaks gRPC on RPC_HOST:RPC_PORT (0.0.0.0:50051) and keeps its state in \(name)_REDIS_URL, or else in REDIS_URL. \
  JWT_KEY is the secret that sessions are signed with, the same for all services. The README lists all variables.
  """
}
