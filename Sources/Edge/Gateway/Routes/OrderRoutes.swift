import HTTPTypes
import Hummingbird
import JSONWriting
import TicketingProto

/// `/api/orders`: tickets that the caller has reserved.
struct OrderRoutes: Sendable {
  let orders: OrdersV1.OrdersServiceClient
  let bodies: JSONBodies

  @Sendable func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let call = try context.signedInCall(request)
    let page = try PageQuery(request.uri)
    let answer = try await orders.listOrders(.init(pageSize: page.limit, pageToken: page.cursor), options: call)
    var json = JSONWriter(capacity: 2 + 300 * answer.orders.count)
    try json.array(answer.orders) { try $0.order($1, in: bodies.currency) }
    return .json(.ok, json.buffer, extra: page.link(path: "/api/orders", cursor: answer.nextPageToken))
  }

  @Sendable func create(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let call = try context.signedInCall(request)
    var fields = try await bodies.fields(of: request)
    // What is no price has not been seen; 0 would say that nothing is told.
    let seenPrice = fields.optionalPrice("price").map { $0 > 0 ? $0 : -1 }
    let message = OrdersV1.CreateOrderRequest(
      ticketID: fields.text("ticketId"), idempotencyKey: request.headers[.idempotencyKey] ?? "",
      seenPriceCents: seenPrice ?? 0,
      seen: fields.optionalVersion("version").map { .seenVersion($0) })
    try fields.check()
    let answer = try await orders.createOrder(message, options: call)
    return try self.answer(.created, answer.order)
  }

  @Sendable func get(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let call = try context.signedInCall(request)
    let answer = try await orders.getOrder(.init(id: try context.id(of: .order)), options: call)
    return try self.answer(.ok, answer.order)
  }

  @Sendable func cancel(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let call = try context.signedInCall(request)
    _ = try await orders.cancelOrder(.init(id: try context.id(of: .order)), options: call)
    return Response(status: .noContent, headers: [.cacheControl: "no-store"])
  }

  private func answer(_ status: HTTPResponse.Status, _ order: OrdersV1.Order?) throws -> Response {
    var json = JSONWriter(capacity: 320)
    try json.order(try order.required("order"), in: bodies.currency)
    return .json(status, json.buffer)
  }
}
