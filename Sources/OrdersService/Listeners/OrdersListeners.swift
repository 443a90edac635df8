import EventBus
import Identifiers

/// What orders does at the events of others; each has a file of its own beside this one.
struct OrdersListeners: Sendable {
  let store: OrderStore

  var all: [Listener] {
    [ticketCreated, ticketUpdated, expirationComplete, paymentCreated, paymentDeclined, paymentAbandoned]
  }

  /// An event of an order that is not here waits for it, and becomes a dead letter that people see.
  func apply(_ trigger: OrderTrigger, to orderID: String, _ header: EventHeader) async throws -> Application {
    switch try await store.apply(trigger, to: try validated(orderID), trace: header.trace) {
    case .changed: .applied
    case .unchanged: .duplicate
    case .tooEarly, nil: .gap
    }
  }

  /// Throws `MalformedEvent` for what is no id: keys are made of it.
  func validated(_ id: String) throws(MalformedEvent) -> ULID {
    guard let id = ULID(id) else { throw MalformedEvent("an id is malformed") }
    return id
  }

  /// Throws `MalformedEvent` where the message is not that of which the header tells.
  func check(_ header: EventHeader, tellsOf id: String, version: Int64) throws(MalformedEvent) {
    guard header.key == id, header.version == version else {
      throw MalformedEvent("key and version are not those of the message")
    }
  }
}
