import RPC
import Synchronization
import TicketingProto

/// The orders service's protocol with rules like its own, orders in memory, and states that a test sets.
package final class OrdersServiceDouble: OrdersV1.OrdersServiceProtocol {
  private struct State {
    /// By age.
    var orders: [OrdersV1.Order] = []
    var watchers: [AsyncStream<OrdersV1.Order>.Continuation] = []
    var hearsOfTickets = true
  }

  private let state = Mutex(State())
  /// Those that requests told of.
  package let seenVersions = Mutex<[Int64]>([])
  private let sessions: SessionsDouble
  private let calls: CallsDouble

  package init(sessions: SessionsDouble, calls: CallsDouble) {
    self.sessions = sessions
    self.calls = calls
  }

  /// How many streams are being watched.
  package var watcherCount: Int { state.withLock { $0.watchers.count } }

  /// As between a sale and the event about it.
  package func hearOfTickets(_ hears: Bool) { state.withLock { $0.hearsOfTickets = hears } }

  package func set(_ id: String, _ status: OrdersV1.OrderStatus) {
    state.withLock { state in
      guard let index = state.orders.firstIndex(where: { $0.id == id }) else { return }
      state.orders[index].status = status
      for watcher in state.watchers { watcher.yield(state.orders[index]) }
    }
  }

  package func createOrder(
    _ request: OrdersV1.CreateOrderRequest, context: CallContext
  ) async throws -> OrdersV1.CreateOrderResponse {
    try await calls.record(context)
    let user = try sessions.user(of: context)
    guard request.ticketID.hasPrefix("01JATICKET"), state.withLock({ $0.hearsOfTickets }) else {
      throw RPCError(.notFound, "Ticket not found", reason: "TICKET_NOT_FOUND")
    }
    var seenVersion: Int64?
    if case .seenVersion(let version) = request.seen { seenVersion = version }
    // Every ticket costs 50 here.
    guard request.seenPriceCents == 0 || request.seenPriceCents == 5000, seenVersion ?? 0 >= 0 else {
      throw RPCError(
        .failedPrecondition, "The ticket has changed since you looked", reason: "PRICE_CHANGED",
        details: ["price_cents": 5000, "version": 3])
    }
    if let seenVersion { seenVersions.withLock { $0.append(seenVersion) } }
    return try state.withLock { state in
      guard !state.orders.contains(where: { $0.ticket?.id == request.ticketID && $0.status != .cancelled }) else {
        throw RPCError(.failedPrecondition, "Ticket is already reserved", reason: "TICKET_RESERVED")
      }
      let order = OrdersV1.Order(
        id: "01JAORDER\(10000 + state.orders.count)", userID: user.id, status: .created,
        expiresAtTime: 1_705_314_600_000,
        ticket: .init(id: request.ticketID, title: "Concert Ticket", priceCents: 5000))
      state.orders.append(order)
      return .init(order: order)
    }
  }

  package func getOrder(_ request: OrdersV1.GetOrderRequest, context: CallContext) async throws
    -> OrdersV1.GetOrderResponse
  {
    try await calls.record(context)
    return .init(order: try order(request.id, context))
  }

  package func listOrders(
    _ request: OrdersV1.ListOrdersRequest, context: CallContext
  ) async throws -> OrdersV1.ListOrdersResponse {
    try await calls.record(context)
    let user = try sessions.user(of: context)
    let size = request.pageSize == 0 ? 1000 : Int(request.pageSize)
    let rest = state.withLock { $0.orders }.reversed()
      .filter { $0.userID == user.id && (request.pageToken.isEmpty || $0.id < request.pageToken) }
    return .init(
      orders: Array(rest.prefix(size)), nextPageToken: rest.count > size ? rest.dropFirst(size - 1).first?.id ?? "" : ""
    )
  }

  package func cancelOrder(
    _ request: OrdersV1.CancelOrderRequest, context: CallContext
  ) async throws -> OrdersV1.CancelOrderResponse {
    try await calls.record(context)
    let order = try order(request.id, context)
    guard order.status != .complete else {
      throw RPCError(.failedPrecondition, "The order is paid", reason: "ORDER_COMPLETE")
    }
    set(order.id, .cancelled)
    return .init(order: order)
  }

  package func watchOrder(
    _ request: OrdersV1.WatchOrderRequest, context: CallContext, responses: ResponseWriter<OrdersV1.WatchOrderResponse>
  ) async throws {
    let first = try order(request.id, context)
    let (changes, continuation) = AsyncStream.makeStream(of: OrdersV1.Order.self)
    state.withLock { $0.watchers.append(continuation) }
    try await responses.write(.init(order: first))
    guard first.status != .complete, first.status != .cancelled else { return }
    for await order in changes {
      try await responses.write(.init(order: order))
      if order.status == .complete || order.status == .cancelled { return }
    }
  }

  package func beginPayment(
    _ request: OrdersV1.BeginPaymentRequest, context: CallContext
  ) async throws -> OrdersV1.BeginPaymentResponse {
    throw RPCError(.permissionDenied, "Only the payments service may call this", reason: "NOT_PAYMENTS")
  }

  private func order(_ id: String, _ context: CallContext) throws -> OrdersV1.Order {
    let user = try sessions.user(of: context)
    guard let order = state.withLock({ $0.orders.first { $0.id == id } }) else {
      throw RPCError(.notFound, "Order not found", reason: "ORDER_NOT_FOUND")
    }
    guard order.userID == user.id else {
      throw RPCError(.permissionDenied, "Not authorized", reason: "NOT_OWNER")
    }
    return order
  }
}
