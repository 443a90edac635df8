import Identifiers
import JSONWriting
import Money
import RPC
import TicketingProto

extension JSONWriter {
  /// An order as the API shows it, with its ticket.
  mutating func order(_ order: OrdersV1.Order, in currency: Currency) throws(RPCError) {
    let ticket = try order.ticket.required("ticket")
    literal(#"{"id":"#, order.id)
    literal(#","status":"#, try order.status.apiName)
    literal(#","expiresAt":"#, UnixTime(milliseconds: order.expiresAtTime).iso8601)
    literal(#","ticket":{"id":"#, ticket.id)
    literal(#","title":"#, ticket.title)
    literal(#","price":"#, ticket.priceCents, in: currency)
    literal(#"},"userId":"#, order.userID)
    if let reversal = try order.reversal.apiName { literal(#","reversal":"#, reversal) }
    literal("}")
  }
}

extension OrdersV1.OrderStatus {
  /// Throws INTERNAL for a status of a newer service.
  fileprivate var apiName: String {
    get throws(RPCError) {
      switch self {
      case .created: "created"
      case .awaitingPayment: "awaiting:payment"
      case .complete: "complete"
      case .cancelled: "cancelled"
      default: throw RPCError(.internal, "the order has an unknown status \(rawValue)")
      }
    }
  }

  /// Nothing can happen to the order any more.
  var isFinal: Bool { self == .complete || self == .cancelled }
}

extension OrdersV1.OrderReversal {
  /// nil where the payment is as it was. Throws INTERNAL for one of a newer service.
  fileprivate var apiName: String? {
    get throws(RPCError) {
      switch self {
      case .unspecified: nil
      case .partlyRefunded: "partly_refunded"
      case .refunded: "refunded"
      case .disputed: "disputed"
      case .chargedBack: "charged_back"
      default: throw RPCError(.internal, "the order has an unknown reversal \(rawValue)")
      }
    }
  }
}
