import HTTPTypes
import Hummingbird
import JSONWriting
import Money
import NIOCore
import RPC
import ServiceLifecycle
import TicketingProto

/// `GET /api/orders/:id/events`: an order's states as they come, as server-sent events (WHATWG HTML, 9.2).
///
/// Each event is the order as `GET /api/orders/:id` shows it. The stream ends after a final state; a browser that
/// connects again then is told by 204 that there is nothing more to wait for.
struct OrderEventsRoute: Sendable {
  /// Comments in between keep proxies from closing a quiet connection.
  static let heartbeat: Duration = .seconds(15)
  /// A stream that lasts longer is ended, and the browser connects again.
  private static let longest: Duration = .seconds(3600)

  let orders: OrdersV1.OrdersServiceClient
  let watches: OrdersV1.OrdersServiceClient
  let currency: Currency

  @Sendable func stream(_ request: Request, _ context: GatewayContext) async throws -> Response {
    var call = try context.signedInCall(request)
    let id = try context.id(of: .order)
    // Whether the order may be seen must be known while there can still be another answer.
    let order = try await orders.getOrder(.init(id: id), options: call).order.required("order")
    if order.status.isFinal, request.headers[.lastEventID] != nil {
      return Response(status: .noContent, headers: [.cacheControl: "no-store"])
    }
    guard request.method != .head else { return Response(status: .ok, headers: Self.fields) }
    call.timeout = Self.longest
    return Response(
      status: .ok, headers: Self.fields,
      body: ResponseBody { [call] writer in
        try await writer.write(ByteBuffer(staticString: "retry: 2000\n\n"))
        try await write(id, call, to: &writer)
        try await writer.finish(nil)
      })
  }

  /// Returns when the order is final, and when a service or this process goes away: the browser connects again.
  private func write(_ id: String, _ call: CallOptions, to writer: inout any ResponseBodyWriter) async throws {
    let (events, continuation) = AsyncStream.makeStream(of: ByteBuffer.self, bufferingPolicy: .bufferingNewest(64))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { continuation.finish() }
        try? await watches.watchOrder(.init(id: id), options: call) { stream in
          for try await answer in stream { continuation.yield(try event(try answer.order.required("order"))) }
        }
      }
      group.addTask {
        while true {
          try await Task.sleep(for: Self.heartbeat)
          continuation.yield(ByteBuffer(staticString: ":\n\n"))
        }
      }
      group.addTask {
        try await gracefulShutdown()
        continuation.finish()
      }
      for await event in events { try await writer.write(event) }
      group.cancelAll()
    }
  }

  private func event(_ order: OrdersV1.Order) throws(RPCError) -> ByteBuffer {
    var json = JSONWriter(capacity: 384)
    // The id makes a browser send `Last-Event-ID` when it connects again.
    json.literal("event: order\nid: ", order.version)
    json.literal("\ndata: ")
    try json.order(order, in: currency)
    json.literal("\n\n")
    return json.buffer
  }

  private static let fields: HTTPFields = [
    .contentType: "text/event-stream; charset=utf-8",
    .xContentTypeOptions: "nosniff",
    .cacheControl: "no-store",
    .xAccelBuffering: "no",
  ]
}
