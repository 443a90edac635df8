import Gateway
import HTTPTypes
import Hummingbird
import Identifiers
import RPC
import TicketingProto

extension FormProblems {
  fileprivate static var notConfirmed: FormProblems {
    FormProblems(.ok, "The payment was not confirmed, so nothing was charged. Try again, or another card.")
  }
}

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
  /// In the address of an order's page: what came of the challenge.
  private static let outcome = "challenge"
  private static let notConfirmed = "failed"

  @Sendable func list(_ visit: Visit) async throws -> Response {
    let answer = try await orders.listOrders(
      .init(pageSize: Self.pageSize, pageToken: visit.cursor), options: try visit.signedInCall())
    let fields = visit.paging(next: answer.nextPageToken).merging([
      "hasOrders": !answer.orders.isEmpty,
      "orders": answer.orders.map { OrderSummary($0, renderer.currency).fields },
    ]) { $1 }
    return renderer.page(.orders, title: "My orders", fields, visit)
  }

  @Sendable func show(_ visit: Visit) async throws -> Response {
    // Stripe has sent the card holder back, with the client secret in the address: on to one without it.
    if !visit.query("payment_intent").isEmpty {
      return .seeOther(try await pathAfterChallenge(of: try visit.context.id(of: .order), visit))
    }
    return try await show(visit, visit.query(Self.outcome) == Self.notConfirmed ? .notConfirmed : nil)
  }

  /// Paid, or not known yet: the order's page shows which. Of a card only the processor's token ever comes here.
  @Sendable func pay(_ visit: Visit) async throws -> Response {
    let id = try visit.context.id(of: .order)
    do {
      guard !visit.form["token"].isEmpty else {
        throw APIError.invalidFields([(field: "token", message: "Choose a card")])
      }
      // Without an address to return to, it is Stripe's script in the page that asks the card holder.
      let returnURL = visit.form["scripts"].isEmpty ? visit.url("/orders/\(id)") : ""
      let payment = try await payment(
        .init(token: visit.form["token"], orderID: id, returnURL: returnURL), visit)
      guard payment.status == .requiresAction else { return .seeOther("/orders/\(id)") }
      return try await challenge(payment, visit)
    } catch {
      return try await show(visit, try FormProblems(error, knows: ["token"], by: ["CARD_DECLINED": "token"]))
    }
  }

  /// `/orders/:id/challenge`: goes on with a payment that waits for its card holder.
  @Sendable func showChallenge(_ visit: Visit) async throws -> Response {
    let id = try visit.context.id(of: .order)
    guard let payment = try await paymentUnderWay(id, visit), payment.status == .requiresAction else {
      return .seeOther("/orders/\(id)")
    }
    return try await challenge(payment, visit)
  }

  /// The sandbox's card holder has decided, or Stripe's has been asked: what came of it shows on the order's page.
  @Sendable func answerChallenge(_ visit: Visit) async throws -> Response {
    let id = try visit.context.id(of: .order)
    if !visit.form["outcome"].isEmpty {
      do {
        _ = try await payments.answerChallenge(
          .init(
            orderID: id, clientSecret: visit.form["secret"], completed: visit.form["outcome"] == "complete"),
          options: try visit.signedInCall())
      } catch let error as RPCError where error.reason == "CHALLENGE_NOT_FOUND" {
        // It has been answered: by a double click, or in another window.
      }
    }
    return .seeOther(try await pathAfterChallenge(of: id, visit))
  }

  /// The order's page, which says so where the payment was not confirmed. What the card holder did is looked up now and
  /// not in a while.
  private func pathAfterChallenge(of id: String, _ visit: Visit) async throws -> String {
    let path = "/orders/\(id)"
    let payment: PaymentsV1.Payment?
    do {
      payment = try await paymentUnderWay(id, visit)
    } catch let error as RPCError where error.code == .unavailable || error.code == .deadlineExceeded {
      // It is found out without us too.
      return path
    }
    guard payment == nil || payment?.status == .succeeded else { return path }
    _ = try await settledOrder(visit)
    return payment == nil ? "\(path)?\(Self.outcome)=\(Self.notConfirmed)" : path
  }

  /// Where the card holder is asked: Stripe's script does it on the order's page, else Stripe on a page of its own, and
  /// in the sandbox we do. The secret that goes with it stands in a page and never in an address.
  private func challenge(_ payment: PaymentsV1.Payment, _ visit: Visit) async throws -> Response {
    guard case .sandbox = cards else {
      let isRedirected = visit.form["scripts"].isEmpty && payment.redirectURL.hasPrefix("https://")
      return isRedirected ? .seeOther(payment.redirectURL) : try await show(visit, nil, secret: payment.clientSecret)
    }
    let order = try await order(visit)
    var fields = OrderSummary(order, renderer.currency).fields
    fields["secret"] = payment.clientSecret
    return renderer.page(.challenge, title: "Confirm the payment", fields, visit)
  }

  private func payment(_ request: PaymentsV1.CreatePaymentRequest, _ visit: Visit) async throws -> PaymentsV1.Payment {
    var call = try visit.signedInCall()
    call.timeout = Self.patience
    return try await payments.createPayment(request, options: call).payment.required("payment")
  }

  /// nil: there is none, because it has ended without one.
  private func paymentUnderWay(_ orderID: String, _ visit: Visit) async throws -> PaymentsV1.Payment? {
    do {
      return try await payment(.init(orderID: orderID), visit)
    } catch let error as RPCError where error.code == .failedPrecondition || error.code == .invalidArgument {
      return nil
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

  private func show(_ visit: Visit, _ problems: FormProblems?, secret: String? = nil) async throws -> Response {
    let isRefused = problems?.fields["tokenError"] != nil
    let order = isRefused ? try await settledOrder(visit) : try await order(visit)
    // An old address, perhaps.
    let problems = problems?.status == .ok && order.status != .created ? nil : problems
    let summary = OrderSummary(order, renderer.currency)
    var fields = summary.details(now: UnixTime.now())
    switch cards {
    case .sandbox: fields["sandbox"] = ["cards": SandboxCard.offered.map { $0.fields(chosen: visit.form["token"]) }]
    case .stripe(let key): fields["stripe"] = key
    case .unavailable: fields["unavailable"] = true
    }
    if let secret { fields["secret"] = secret }
    // Where there is no card form, its problem is the page's.
    if order.status != .created, let problem = problems?.fields["tokenError"] { fields["problem"] = problem }
    return renderer.page(
      .order, title: order.ticket?.title ?? "Order", fields, visit, problems: problems, policy: policy)
  }

  /// What came of a payment is known here a moment before the order has heard of it and can be paid with another card:
  /// that is waited for, two seconds at most.
  private func settledOrder(_ visit: Visit) async throws -> OrdersV1.Order {
    var order = try await order(visit)
    for _ in 0..<20 where order.status == .awaitingPayment {
      try await Task.sleep(for: .milliseconds(100))
      order = try await self.order(visit)
    }
    return order
  }

  private func order(_ visit: Visit) async throws -> OrdersV1.Order {
    try await orders.getOrder(
      .init(id: try visit.context.id(of: .order)), options: try visit.signedInCall()
    ).order.required("order")
  }
}
