import HTTPTypes
import Hummingbird
import JSONWriting
import TicketingProto

/// `/api/payments`: money for orders.
struct PaymentRoutes: Sendable {
  let payments: PaymentsV1.PaymentsServiceClient
  let bodies: JSONBodies
  let origins: OriginPolicy

  /// The payments service answers within 25 seconds, whether the processor has or not.
  private static let patience: Duration = .seconds(30)

  /// 201 with the payment's id, or 202 where the processor's answer is not known yet, or the card holder must do
  /// something first: the order will show how it ends.
  @Sendable func create(_ request: Request, _ context: GatewayContext) async throws -> Response {
    var call = try context.signedInCall(request)
    call.timeout = Self.patience
    var fields = try await bodies.fields(of: request)
    let message = PaymentsV1.CreatePaymentRequest(
      token: fields.text("token"), orderID: fields.text("orderId"),
      idempotencyKey: request.headers[.idempotencyKey] ?? "", returnURL: fields.optionalText("returnUrl"))
    try fields.check(complete: true)
    guard message.returnURL.isEmpty || origins.isOurs(url: message.returnURL, request) else {
      throw APIError.invalidFields([(field: "returnUrl", message: "ReturnUrl must be an address of this site")])
    }
    let payment = try await payments.createPayment(message, options: call).payment.required("payment")
    var json = JSONWriter()
    json.literal(#"{"id":"#, payment.id)
    switch payment.status {
    case .succeeded: break
    case .requiresAction:
      json.literal(#","status":"requires_action","clientSecret":"#, payment.clientSecret)
      if !payment.redirectURL.isEmpty { json.literal(#","redirectUrl":"#, payment.redirectURL) }
    default: json.literal(#","status":"pending""#)
    }
    json.literal("}")
    return .json(payment.status == .succeeded ? .created : .accepted, json.buffer)
  }

  /// What the payment processor posts. The signature is over the bytes as they came.
  @Sendable func webhook(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let payload = try await request.bytes(limit: bodies.limit)
    let message = PaymentsV1.HandleWebhookRequest(
      payload: payload.readableBytesView.map { $0 }, signature: request.headers[.stripeSignature] ?? "")
    _ = try await payments.handleWebhook(message, options: context.anonymousCall)
    return .json(.ok, #"{"received":true}"#)
  }
}
