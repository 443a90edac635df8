import Identifiers
import RPC
import ServiceHost
import Synchronization
import TicketingProto

/// The orders service as payments sees it: orders that can be read and held, and faults on demand.
final class OrdersDouble: OrdersV1.OrdersServiceProtocol {
  struct Held: Sendable {
    var order: OrdersV1.Order
    var attempt: Int64 = 0
  }

  struct State: Sendable {
    var orders: [String: Held] = [:]
    var begins = 0
    /// Thrown by so many calls of BeginPayment, after the order has been taken hold of.
    var lostReplies = 0
    var isAway = false
  }

  let state = Mutex(State())

  /// A new order, which the caller may pay.
  func add(by userID: String = "buyer", cents: Int64 = 5000) -> String {
    let id = ULID().description
    let order = OrdersV1.Order(
      id: id, userID: userID, status: .created, expiresAtTime: UnixTime.now().milliseconds + 60_000,
      ticket: .init(id: ULID().description, title: "Concert", priceCents: cents), version: 0)
    state.withLock { $0.orders[id] = Held(order: order) }
    return id
  }

  func set(_ id: String, _ status: OrdersV1.OrderStatus) {
    state.withLock { $0.orders[id]?.order.status = status }
  }

  var begins: Int { state.withLock(\.begins) }

  func getOrder(_ request: OrdersV1.GetOrderRequest, context: CallContext) async throws -> OrdersV1.GetOrderResponse {
    let user = try context.requireUser()
    let (held, isAway) = state.withLock { ($0.orders[request.id], $0.isAway) }
    if isAway { throw RPCError(.unavailable, "away") }
    guard let held else { throw RPCError(.notFound, "Order not found", reason: "ORDER_NOT_FOUND") }
    guard held.order.userID == user.id else {
      throw RPCError(.permissionDenied, "Not authorized", reason: "NOT_OWNER")
    }
    return .init(order: held.order)
  }

  func beginPayment(
    _ request: OrdersV1.BeginPaymentRequest, context: CallContext
  ) async throws -> OrdersV1.BeginPaymentResponse {
    try context.requireService("payments")
    return try state.withLock { state in
      state.begins += 1
      if state.isAway { throw RPCError(.unavailable, "away") }
      guard var held = state.orders[request.orderID] else {
        throw RPCError(.notFound, "Order not found", reason: "ORDER_NOT_FOUND")
      }
      guard held.order.userID == context.caller?.userID else {
        throw RPCError(.permissionDenied, "Not authorized", reason: "NOT_OWNER")
      }
      try Self.hold(&held, request)
      state.orders[request.orderID] = held
      if state.lostReplies > 0 {
        state.lostReplies -= 1
        throw RPCError(.unavailable, "the reply is lost")
      }
      return .init(order: held.order)
    }
  }

  private static func hold(_ held: inout Held, _ request: OrdersV1.BeginPaymentRequest) throws {
    func refuse(_ reason: String) -> RPCError { RPCError(.failedPrecondition, "refused: \(reason)", reason: reason) }
    guard held.order.ticket?.priceCents == request.amountCents else { throw refuse("AMOUNT_MISMATCH") }
    switch held.order.status {
    case .complete: throw refuse("ORDER_COMPLETE")
    case .cancelled: throw refuse("ORDER_CANCELLED")
    case .created where held.attempt >= request.attempt: throw refuse("ATTEMPT_OVER")
    default: break
    }
    guard held.attempt <= request.attempt else { throw refuse("ATTEMPT_OVER") }
    held.order.status = .awaitingPayment
    held.attempt = request.attempt
  }

  func createOrder(
    _ request: OrdersV1.CreateOrderRequest, context: CallContext
  ) async throws -> OrdersV1.CreateOrderResponse { throw RPCError(.unimplemented, "not here") }

  func listOrders(
    _ request: OrdersV1.ListOrdersRequest, context: CallContext
  ) async throws -> OrdersV1.ListOrdersResponse { throw RPCError(.unimplemented, "not here") }

  func cancelOrder(
    _ request: OrdersV1.CancelOrderRequest, context: CallContext
  ) async throws -> OrdersV1.CancelOrderResponse { throw RPCError(.unimplemented, "not here") }

  func watchOrder(
    _ request: OrdersV1.WatchOrderRequest, context: CallContext,
    responses: ResponseWriter<OrdersV1.WatchOrderResponse>
  ) async throws { throw RPCError(.unimplemented, "not here") }
}
