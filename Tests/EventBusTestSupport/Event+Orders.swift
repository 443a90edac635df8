import EventBus
import Identifiers
import TicketingProto

extension Event {
  package static func created(_ order: String, version: Int64 = 0, user: String = "user") throws -> Event {
    try Event(
      .orderCreated, key: order, version: version, at: .now(), trace: "",
      message: OrdersV1.OrderCreated(
        id: order, userID: user, expiresAtTime: UnixTime.now().milliseconds + 900_000,
        ticket: OrdersV1.OrderTicket(), version: version))
  }

  package static func cancelled(_ order: String, version: Int64 = 1) throws -> Event {
    try Event(
      .orderCancelled, key: order, version: version, at: .now(), trace: "",
      message: OrdersV1.OrderCancelled(
        id: order, ticketID: "ticket", reason: .init(rawValue: 1), version: version))
  }
}
