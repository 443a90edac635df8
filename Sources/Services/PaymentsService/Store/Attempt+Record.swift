import Identifiers
import Records
import Redis

extension Attempt: Record {
  static func key(_ id: AttemptID) -> RedisKey { PaymentKeys.attempt(id) }

  static let fields: RecordFields = [
    "paymentId", "userId", "amount", "returnUrl", "trace", "createdAt", "giveUpAt", "status", "token", "stripeId",
    "refusal", "refusalMessage", "clientSecret", "redirectUrl", "createKey", "confirmKey", "refundKey", "spoilt",
    "refundId", "refundStatus", "reversal", "published", "tries", "doubted", "revision",
  ]

  init(_ stored: StoredRecord, id: AttemptID) throws {
    let token = try stored.text("token")
    let refund = try stored.optionalText("refundId")
    let status: Status = try stored.word("status")
    guard let card = token.isEmpty ? CardToken.none : CardToken(token) else {
      throw MalformedRecord(stored.key, "token")
    }
    self.init(
      id: id, paymentID: try stored.text("paymentId"), userID: try stored.text("userId"),
      amountCents: try stored.number("amount"), createdAt: try stored.time("createdAt"),
      giveUpAt: try stored.time("giveUpAt"), returnURL: try stored.text("returnUrl", absent: ""),
      trace: try stored.text("trace"), token: card, status: status, stripeID: try stored.optionalText("stripeId"),
      refusal: status == .refused
        ? nil
        : try stored.optionalText("refusal").map { Decline(code: $0, message: try stored.text("refusalMessage")) },
      orderRefusal: status == .refused ? OrderRefusal(rawValue: try stored.text("refusal")) : nil,
      challenge: try stored.optionalText("clientSecret").map {
        Challenge(clientSecret: $0, redirectURL: try stored.text("redirectUrl", absent: ""))
      },
      keys: KeyNumbers(
        create: try stored.number("createKey", absent: 1), confirm: try stored.number("confirmKey", absent: 1),
        refund: try stored.number("refundKey", absent: 1), isSpoilt: try stored.flag("spoilt")),
      refund: try refund.map { Refund(id: $0, state: try stored.word("refundStatus")) },
      reversal: try stored.word("reversal", absent: ""),
      published: try stored.number("published", absent: status.published), tries: try stored.number("tries"),
      isDoubted: try stored.flag("doubted"), revision: try stored.number("revision"))
  }

  /// Written once.
  var fixedValues: [(String, RedisArgument)] {
    [
      ("orderId", .string(id.orderID)), ("attempt", .integer(id.number)), ("paymentId", .string(paymentID)),
      ("userId", .string(userID)), ("amount", .integer(amountCents)), ("returnUrl", .string(returnURL)),
      ("trace", .string(trace)), ("createdAt", .time(createdAt)), ("giveUpAt", .time(giveUpAt)),
    ]
  }

  /// Written with every change.
  var variableValues: [(String, RedisArgument)] {
    [
      ("status", .string(status.rawValue)), ("token", .string(token.value)), ("stripeId", .string(stripeID ?? "")),
      ("refusal", .string(orderRefusal?.rawValue ?? refusal?.code ?? "")),
      ("refusalMessage", .string(refusal?.message ?? "")),
      ("clientSecret", .string(challenge?.clientSecret ?? "")),
      ("redirectUrl", .string(challenge?.redirectURL ?? "")), ("createKey", .integer(keys.create)),
      ("confirmKey", .integer(keys.confirm)), ("refundKey", .integer(keys.refund)),
      ("spoilt", keys.isSpoilt ? 1 : 0), ("refundId", .string(refund?.id ?? "")),
      ("refundStatus", .string(refund?.state.rawValue ?? "")), ("reversal", .string(reversal.rawValue)),
      ("published", .integer(published)), ("tries", .integer(tries)), ("doubted", isDoubted ? 1 : 0),
      ("revision", .integer(revision)),
    ]
  }

  /// Of the payment that it is, or was.
  func paymentValues(at now: UnixTime) -> [(String, RedisArgument)] {
    [
      ("id", .string(paymentID)), ("orderId", .string(id.orderID)), ("attempt", .integer(id.number)),
      ("stripeId", .string(stripeID ?? "")), ("amount", .integer(amountCents)), ("status", .string(status.rawValue)),
      ("reversal", .string(reversal.rawValue)), ("version", .integer(published &- 1)), ("at", .time(now)),
    ]
  }
}

extension Attempt.Status {
  /// How many events of the payment an attempt has published that does not say so itself.
  fileprivate var published: Int64 {
    switch self {
    case .succeeded, .refunding: 1
    case .refunded: 2
    case .pending, .declined, .refused, .abandoned, .closed, .unsettled: 0
    }
  }
}
