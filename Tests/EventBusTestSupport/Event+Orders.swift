import Identifiers
import NIOCore
import RPC
import TicketingProto

@testable import EventBus

extension Event {
  /// With any header, whether the message fits it or not.
  package init(
    _ subject: Subject, key: String, version: Int64, at: UnixTime = .now(), trace: String = "",
    message: some RPCMessage
  ) throws {
    var data = ByteBuffer()
    try message.encode(into: &data)
    self.init(
      header: EventHeader(
        subject: subject, id: ULID().description, key: key, version: version, at: at, trace: trace),
      data: data)
  }

  package static func created(_ order: String, version: Int64 = 0, user: String = "user") throws -> Event {
    try Event(
      .orderCreated, key: order, version: version,
      message: OrdersV1.OrderCreated(
        id: order, userID: user, expiresAtTime: UnixTime.now().milliseconds + 900_000,
        ticket: OrdersV1.OrderTicket(), version: version))
  }

  package static func cancelled(_ order: String, version: Int64 = 1) throws -> Event {
    try Event(
      .orderCancelled, key: order, version: version,
      message: OrdersV1.OrderCancelled(
        id: order, ticketID: "ticket", reason: .init(rawValue: 1), version: version))
  }
}
