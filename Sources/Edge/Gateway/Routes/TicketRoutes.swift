import HTTPTypes
import Hummingbird
import JSONWriting
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
    json.array(answer.tickets) { $0.ticket($1, in: bodies.currency) }
    return .json(.ok, json.buffer, extra: page.link(path: "/api/tickets", cursor: answer.nextPageToken))
  }

  @Sendable func create(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let call = try context.signedInCall(request)
    var fields = try await bodies.fields(of: request)
    let message = TicketsV1.CreateTicketRequest(
      title: fields.text("title"), priceCents: fields.price("price"),
      idempotencyKey: request.headers[.idempotencyKey] ?? "")
    try fields.check()
    let answer = try await tickets.createTicket(message, options: call)
    return try self.answer(.created, answer.ticket)
  }

  @Sendable func get(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let id = try context.id(of: .ticket)
    let ticket = try await loader.ticket(id, options: context.anonymousCall)
    let tag = EntityTag(ticket.version)
    if tag.isKnown(request.headers) {
      return Response(status: .notModified, headers: [.cacheControl: "no-store", .eTag: tag.field.value])
    }
    var json = JSONWriter()
    json.ticket(ticket, in: bodies.currency, withOrder: true)
    return .json(.ok, json.buffer, extra: [tag.field])
  }

  @Sendable func update(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let call = try context.signedInCall(request)
    let id = try context.id(of: .ticket)
    var fields = try await bodies.fields(of: request)
    var message = TicketsV1.UpdateTicketRequest(
      id: id, title: fields.text("title"), priceCents: fields.price("price"))
    let told = fields.optionalVersion("version")
    try fields.check()
    message.expected = try await expected(told, EntityTag.ifMatch(request.headers), of: id, context)
      .map { .expectedVersion($0) }
    let answer = try await tickets.updateTicket(message, options: call)
    return try self.answer(.ok, answer.ticket)
  }

  /// The version that a change is made from, by the body's word (`told`) or `If-Match`; nil: neither says.
  private func expected(
    _ told: Int64?, _ condition: EntityTag.Condition?, of id: String, _ context: GatewayContext
  ) async throws -> Int64? {
    guard case .oneOf(let versions) = condition else { return told }
    if let told {
      guard versions.contains(told) else {
        throw APIError.invalidFields([(field: "version", message: "Version and If-Match name different versions")])
      }
      return told
    }
    guard versions.count > 1 else { return versions.first ?? Self.noVersion }
    // The service takes one: that which the ticket has, if it is among them.
    let current = try await loader.ticket(id, options: context.anonymousCall).version
    return versions.contains(current) ? current : versions[0]
  }

  /// That no ticket has.
  private static let noVersion: Int64 = -1

  private func answer(_ status: HTTPResponse.Status, _ ticket: TicketsV1.Ticket?) throws -> Response {
    let ticket = try ticket.required("ticket")
    var json = JSONWriter()
    json.ticket(ticket, in: bodies.currency)
    return .json(status, json.buffer, extra: [EntityTag(ticket.version).field])
  }
}
