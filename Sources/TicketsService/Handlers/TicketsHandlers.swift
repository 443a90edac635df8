import EventBus
import Identifiers
import RPC
import TicketingProto

/// The tickets service's RPCs; each has a file of its own beside this one.
struct TicketsHandlers: TicketsV1.TicketsServiceProtocol {
  let store: TicketStore
}

/// Runs a handler's body and gives the model's refusals their statuses.
func answering<Output>(_ body: () async throws -> Output) async throws -> Output {
  do {
    return try await body()
  } catch let error as TicketError {
    throw RPCError(error)
  }
}

extension TicketsV1.Ticket {
  init(_ ticket: Ticket) {
    self.init(
      id: ticket.id, title: ticket.title, priceCents: ticket.priceCents, userID: ticket.userID,
      orderID: ticket.orderID ?? "", version: ticket.version, sold: ticket.isSold)
  }
}
