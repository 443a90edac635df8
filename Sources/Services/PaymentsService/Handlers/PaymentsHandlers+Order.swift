import RPC
import TicketingProto

extension PaymentsHandlers {
  /// How long orders may take to tell of an order.
  private static let patience: Duration = .seconds(5)

  /// The order as orders tells the caller, before any event has told of it here: with the caller's own credentials, so
  /// orders decides who may see it.
  func orderAtOrders(_ id: String, _ context: CallContext) async throws -> PayableOrder {
    let order = try await answerOfOrders(id, context)
    switch order.status {
    case .complete: throw PaymentError.orderComplete
    case .cancelled: throw PaymentError.orderCancelled
    default: break
    }
    guard order.id == id, let ticket = order.ticket else { throw Self.malformedOrder }
    return PayableOrder(
      id: id, userID: order.userID, priceCents: ticket.priceCents, version: order.version, isStored: false)
  }

  private static let malformedOrder = RPCError(.internal, "The order cannot be read", reason: "MALFORMED_ORDER")

  private func answerOfOrders(_ id: String, _ context: CallContext) async throws -> OrdersV1.Order {
    var options = CallOptions(continuing: context, timeout: Self.patience)
    options.metadata["authorization"] = context.metadata["authorization"]
    do {
      guard let order = try await orders.getOrder(.init(id: id), options: options).order else {
        throw Self.malformedOrder
      }
      return order
    } catch let error as RPCError {
      switch error.code {
      case .notFound: throw PaymentError.orderNotFound
      case .permissionDenied: throw PaymentError.notOwner
      case .unauthenticated, .internal, .cancelled: throw error
      default:
        throw RPCError(
          .unavailable, "The order cannot be reached at the moment, try again", reason: "ORDERS_UNAVAILABLE",
          retryAfter: .seconds(1), cause: error)
      }
    }
  }
}
