import HTTPTypes
import Hummingbird
import TicketingProto

/// `/api/tickets`: what is for sale.
struct TicketRoutes: Sendable {
  let tickets: TicketsV1.TicketsServiceClient
  let loader: TicketLoader
  let bodies: JSONBodies

  @Sendable func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let page = try PageQuery(request.uri)
    let answer = try await tickets.listTickets(
      .init(pageSize: page.limit, pageToken: page.cursor), options: context.anonymousCall)
    var json = JSONWriter(capacity: 2 + 200 * answer.tickets.count)
    json.literal("[")
    for (index, ticket) in answer.tickets.enumerated() {
      if index > 0 { json.literal(",") }
      json.ticket(ticket)
    }
    json.literal("]")
    let next = answer.nextPageToken.isEmpty ? [] : [page.link(path: "/api/tickets", cursor: answer.nextPageToken)]
    return .json(.ok, json.buffer, extra: next)
  }

  @Sendable func create(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let call = try context.signedInCall(request)
    var fields = try await bodies.fields(of: request)
    let message = TicketsV1.CreateTicketRequest(
      title: fields.text("title"), priceCents: fields.price("price"),
      idempotencyKey: request.headers[.idempotencyKey] ?? "")
    try fields.check()
    let answer = try await tickets.createTicket(message, options: call)
    return try Self.answer(.created, answer.ticket)
  }

  @Sendable func get(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let id = try context.id(of: .ticket)
    let ticket = try await loader.ticket(id, options: context.anonymousCall)
    var json = JSONWriter()
    json.ticketWithOrder(ticket)
    return .json(.ok, json.buffer)
  }

  @Sendable func update(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let call = try context.signedInCall(request)
    let id = try context.id(of: .ticket)
    var fields = try await bodies.fields(of: request)
    let message = TicketsV1.UpdateTicketRequest(
      id: id, title: fields.text("title"), priceCents: fields.price("price"))
    try fields.check()
    let answer = try await tickets.updateTicket(message, options: call)
    return try Self.answer(.ok, answer.ticket)
  }

  private static func answer(_ status: HTTPResponse.Status, _ ticket: TicketsV1.Ticket?) throws -> Response {
    var json = JSONWriter()
    json.ticket(try ticket.required("ticket"))
    return .json(status, json.buffer)
  }
}
