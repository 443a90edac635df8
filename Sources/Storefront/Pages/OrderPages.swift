import Gateway
import HTTPTypes
import Hummingbird
import Identifiers
import TicketingProto

/// `/orders`: what was reserved, and paying for it.
struct OrderPages: Sendable {
  let orders: OrdersV1.OrdersServiceClient
  let payments: PaymentsV1.PaymentsServiceClient
  let renderer: PageRenderer
  let cards: CardEntry
  /// Of the page with the card form.
  let policy: ContentSecurityPolicy

  private static let pageSize: Int32 = 50
  /// The payments service answers within 25 seconds, whether the processor has or not.
  private static let patience: Duration = .seconds(30)

  @Sendable func list(_ visit: Visit) async throws -> Response {
    let cursor = visit.query("cursor")
    let answer = try await orders.listOrders(
      .init(pageSize: Self.pageSize, pageToken: cursor), options: try visit.signedInCall())
    var fields: Fields = [
      "hasOrders": !answer.orders.isEmpty, "isLater": !cursor.isEmpty,
      "orders": answer.orders.map { OrderSummary($0).fields },
    ]
    if !answer.nextPageToken.isEmpty { fields["next"] = answer.nextPageToken.percentEncoded() }
    return renderer.page(.orders, title: "My orders", fields, visit)
  }

  @Sendable func show(_ visit: Visit) async throws -> Response { try await show(visit, nil) }

  /// Paid, or not known yet: the order's page shows which. Of a card only the processor's token ever comes here.
  @Sendable func pay(_ visit: Visit) async throws -> Response {
    let id = try visit.context.id(of: .order)
    do {
      guard !visit.form["token"].isEmpty else {
        throw APIError.invalidFields([(field: "token", message: "Choose a card")])
      }
      var call = try visit.signedInCall()
      call.timeout = Self.patience
      _ = try await payments.createPayment(.init(token: visit.form["token"], orderID: id), options: call)
      return .seeOther("/orders/\(id)")
    } catch {
      return try await show(visit, try FormProblems(error, knows: ["token"], by: ["CARD_DECLINED": "token"]))
    }
  }

  @Sendable func cancel(_ visit: Visit) async throws -> Response {
    let id = try visit.context.id(of: .order)
    do {
      _ = try await orders.cancelOrder(.init(id: id), options: try visit.signedInCall())
      return .seeOther("/orders/\(id)")
    } catch {
      return try await show(visit, try FormProblems(error, knows: []))
    }
  }

  private func show(_ visit: Visit, _ problems: FormProblems?) async throws -> Response {
    var order = try await order(visit)
    // A card's refusal is known a moment before the order has heard of it and can be paid with another.
    for _ in 0..<20 where problems?.fields["tokenError"] != nil && order.status == .awaitingPayment {
      try await Task.sleep(for: .milliseconds(100))
      order = try await self.order(visit)
    }
    let summary = OrderSummary(order)
    var fields = summary.details(now: UnixTime.now())
    switch cards {
    case .sandbox: fields["sandbox"] = ["cards": SandboxCard.offered.map { $0.fields(chosen: visit.form["token"]) }]
    case .stripe(let key): fields["stripe"] = key
    case .unavailable: fields["unavailable"] = true
    }
    fields.merge(problems?.fields ?? [:]) { $1 }
    // Where there is no card form, its problem is the page's.
    if order.status != .created, let problem = fields["tokenError"] { fields["problem"] = problem }
    return renderer.page(
      .order, problems?.status ?? .ok, title: order.ticket?.title ?? "Order", fields, visit,
      extra: problems?.headers ?? [], policy: policy)
  }
  private func order(_ visit: Visit) async throws -> OrdersV1.Order {
    try await orders.getOrder(
      .init(id: try visit.context.id(of: .order)), options: try visit.signedInCall()
    ).order.required("order")
  }
}
