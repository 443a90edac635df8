import Identifiers
import Money
import RPC
import TicketingProto

extension JSONWriter {
  /// An order as the API shows it, with its ticket.
  mutating func order(_ order: OrdersV1.Order, in currency: Currency) throws(RPCError) {
    let ticket = try order.ticket.required("ticket")
    literal(#"{"id":"#)
    string(order.id)
    literal(#","status":"#)
    literal(try order.status.apiName)
    literal(#","expiresAt":"#)
    string(UnixTime(milliseconds: order.expiresAtTime).iso8601)
    literal(#","ticket":{"id":"#)
    string(ticket.id)
    literal(#","title":"#)
    string(ticket.title)
    literal(#","price":"#)
    price(ticket.priceCents, in: currency)
    literal(#"},"userId":"#)
    string(order.userID)
    if let reversal = try order.reversal.apiName {
      literal(#","reversal":"#)
      literal(reversal)
    }
    literal("}")
  }
}

extension OrdersV1.OrderStatus {
  /// With its quotes. Throws INTERNAL for a status of a newer service.
  fileprivate var apiName: StaticString {
    get throws(RPCError) {
      switch self {
      case .created: "\"created\""
      case .awaitingPayment: "\"awaiting:payment\""
      case .complete: "\"complete\""
      case .cancelled: "\"cancelled\""
      default: throw RPCError(.internal, "the order has an unknown status \(rawValue)")
      }
    }
  }

  /// Nothing can happen to the order any more.
  var isFinal: Bool { self == .complete || self == .cancelled }
}

extension OrdersV1.OrderReversal {
  /// With its quotes; nil where the payment is as it was. Throws INTERNAL for one of a newer service.
  fileprivate var apiName: StaticString? {
    get throws(RPCError) {
      switch self {
      case .unspecified: nil
      case .partlyRefunded: "\"partly_refunded\""
      case .refunded: "\"refunded\""
      case .disputed: "\"disputed\""
      case .chargedBack: "\"charged_back\""
      default: throw RPCError(.internal, "the order has an unknown reversal \(rawValue)")
      }
    }
  }
}
