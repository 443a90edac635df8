import Identifiers
import Redis
import ServiceHost

/// How attempts and orders stand in their hashes. What cannot have been written here is a `MalformedRecord`.
extension Attempt {
  /// Written once.
  var fixedFields: [(String, RedisArgument)] {
    [
      ("orderId", .string(id.orderID)), ("attempt", .integer(id.number)), ("paymentId", .string(paymentID)),
      ("userId", .string(userID)), ("amount", .integer(amountCents)), ("returnUrl", .string(returnURL)),
      ("trace", .string(trace)),
      ("createdAt", .integer(createdAt.milliseconds)), ("giveUpAt", .integer(giveUpAt.milliseconds)),
    ]
  }

  /// Written with every change.
  var variableFields: [(String, RedisArgument)] {
    [
      ("status", .string(status.rawValue)), ("token", .string(token.value)), ("stripeId", .string(stripeID ?? "")),
      ("refusal", .string(refusal?.code ?? "")), ("refusalMessage", .string(refusal?.message ?? "")),
      ("clientSecret", .string(challenge?.clientSecret ?? "")),
      ("redirectUrl", .string(challenge?.redirectURL ?? "")), ("createKey", .integer(keys.create)),
      ("confirmKey", .integer(keys.confirm)), ("refundKey", .integer(keys.refund)),
      ("spoilt", .integer(keys.isSpoilt ? 1 : 0)), ("refundId", .string(refund?.id ?? "")),
      ("refundStatus", .string(refund?.state.rawValue ?? "")), ("reversal", .string(reversal.rawValue)),
      ("published", .integer(published)), ("tries", .integer(tries)), ("doubted", .integer(isDoubted ? 1 : 0)),
      ("revision", .integer(revision)),
    ]
  }

  /// Of the payment that it is, or was.
  func paymentFields(at now: UnixTime) -> [(String, RedisArgument)] {
    [
      ("id", .string(paymentID)), ("orderId", .string(id.orderID)), ("attempt", .integer(id.number)),
      ("stripeId", .string(stripeID ?? "")), ("amount", .integer(amountCents)), ("status", .string(status.rawValue)),
      ("reversal", .string(reversal.rawValue)), ("version", .integer(published &- 1)),
      ("at", .integer(now.milliseconds)),
    ]
  }

  init(_ fields: RedisFields, id: AttemptID, at key: RedisKey) throws {
    /// `absent`: of a field that attempts had not always.
    func text(_ name: String, absent: String? = nil) throws -> String {
      guard let text = fields[name].map({ $0.string }) ?? absent else { throw MalformedRecord(key) }
      return text
    }
    func number(_ name: String, absent: Int64? = nil) throws -> Int64 {
      guard let number = fields[name].map({ $0.int64 }) ?? absent else { throw MalformedRecord(key) }
      return number
    }
    let token = try text("token")
    let refundID = try text("refundId", absent: "")
    let refundState = RefundState(rawValue: try text("refundStatus", absent: ""))
    guard let status = Status(rawValue: try text("status")),
      let card = token.isEmpty ? CardToken.none : CardToken(token), refundID.isEmpty == (refundState == nil),
      let reversal = Reversal(rawValue: try text("reversal", absent: ""))
    else { throw MalformedRecord(key) }
    self.init(
      id: id, paymentID: try text("paymentId"), userID: try text("userId"), amountCents: try number("amount"),
      createdAt: UnixTime(milliseconds: try number("createdAt")),
      giveUpAt: UnixTime(milliseconds: try number("giveUpAt")), returnURL: try text("returnUrl", absent: ""),
      trace: try text("trace"), token: card, status: status, stripeID: try text("stripeId").nonEmpty,
      refusal: try text("refusal").nonEmpty.map { Decline(code: $0, message: try text("refusalMessage")) },
      challenge: try text("clientSecret", absent: "").nonEmpty.map {
        Challenge(clientSecret: $0, redirectURL: try text("redirectUrl", absent: ""))
      },
      keys: KeyNumbers(
        create: try number("createKey", absent: 1), confirm: try number("confirmKey", absent: 1),
        refund: try number("refundKey", absent: 1),
        isSpoilt: try number("spoilt", absent: 0) != 0),
      refund: refundState.map { Refund(id: refundID, state: $0) }, reversal: reversal,
      published: try number("published", absent: status.published), tries: try number("tries"),
      isDoubted: try number("doubted") != 0,
      revision: try number("revision"))
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

extension PayableOrder {
  /// What events, or orders itself, tell of it.
  var replicaFields: [(String, RedisArgument)] {
    [
      ("userId", .string(userID)), ("price", .integer(priceCents)), ("status", .string(status.rawValue)),
      ("version", .integer(version)),
    ]
  }

  init(_ fields: RedisFields, id: String, at key: RedisKey) throws {
    guard let userID = fields["userId"]?.string, let price = fields["price"]?.int64,
      let status = fields["status"]?.string.flatMap(Status.init), let version = fields["version"]?.int64
    else { throw MalformedRecord(key) }
    self.init(id: id, userID: userID, priceCents: price, status: status, version: version)
    guard let number = fields["attempt"] else { return }
    guard let attempt = number.int64,
      let attemptStatus = fields["attemptStatus"]?.string.flatMap(Attempt.Status.init)
    else { throw MalformedRecord(key) }
    self.attempt = attempt
    self.attemptStatus = attemptStatus
  }
}

extension String {
  fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
