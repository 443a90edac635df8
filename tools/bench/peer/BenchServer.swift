import NIOPosix
import RPC
import ServiceLifecycle
import TicketingProto

/// Answers GetTicket with a constant ticket through the generated code.
struct BenchServer {
  let address: String
  let threads: Int

  func run() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
    let server = HTTP2Server(
      table: MethodTable(TicketsV1.TicketsServiceMethods.registrations(ConstantTickets())), address: listenAddress(),
      group: group, logger: quietLogger())
    let services = ServiceGroup(services: [server], gracefulShutdownSignals: [.sigterm], logger: quietLogger())
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await services.run() }
      tasks.addTask {
        let bound = try await server.boundAddress
        say(bound.pathname.flatMap { $0.isEmpty ? nil : "unix:\($0)" } ?? "127.0.0.1:\(bound.port ?? 0)")
      }
      try await tasks.waitForAll()
    }
    try await group.shutdownGracefully()
  }

  private func listenAddress() -> ServerAddress {
    if address.hasPrefix("unix:") { return .unix(path: String(address.dropFirst("unix:".count))) }
    let parts = address.split(separator: ":")
    return .tcp(host: parts.first.map(String.init) ?? "127.0.0.1", port: parts.last.flatMap { Int($0) } ?? 0)
  }
}

/// The ticket that `grpc_server.cc` answers, too.
private struct ConstantTickets: TicketsV1.TicketsServiceProtocol {
  private static let answer = TicketsV1.GetTicketResponse(
    ticket: TicketsV1.Ticket(
      id: "65f1c0ffee65f1c0ffee65f1", title: "Front row, centre", priceCents: 12550,
      userID: "65f1decade65f1decade65f1", version: 3))

  func getTicket(
    _ request: TicketsV1.GetTicketRequest, context: CallContext
  ) async throws -> TicketsV1.GetTicketResponse {
    Self.answer
  }

  func batchGetTickets(
    _ request: TicketsV1.BatchGetTicketsRequest, context: CallContext
  ) async throws -> TicketsV1.BatchGetTicketsResponse {
    throw RPCError(.unimplemented, "Only GetTicket is measured.")
  }

  func createTicket(
    _ request: TicketsV1.CreateTicketRequest, context: CallContext
  ) async throws -> TicketsV1.CreateTicketResponse {
    throw RPCError(.unimplemented, "Only GetTicket is measured.")
  }

  func updateTicket(
    _ request: TicketsV1.UpdateTicketRequest, context: CallContext
  ) async throws -> TicketsV1.UpdateTicketResponse {
    throw RPCError(.unimplemented, "Only GetTicket is measured.")
  }

  func listTickets(
    _ request: TicketsV1.ListTicketsRequest, context: CallContext
  ) async throws -> TicketsV1.ListTicketsResponse {
    throw RPCError(.unimplemented, "Only GetTicket is measured.")
  }

  func listOwnTickets(
    _ request: TicketsV1.ListOwnTicketsRequest, context: CallContext
  ) async throws -> TicketsV1.ListOwnTicketsResponse {
    throw RPCError(.unimplemented, "Only GetTicket is measured.")
  }
}
