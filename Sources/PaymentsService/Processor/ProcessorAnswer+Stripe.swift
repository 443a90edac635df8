#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a reply of Stripe means. What cannot be read means nothing: `unknown`, to be looked up.
extension ProcessorAnswer {
  static let notAccepted = "The card was not accepted"

  init(_ reply: StripeConnection.Reply?) {
    guard let reply else {
      self = .unknown
      return
    }
    switch reply.status {
    case 200..<300: self = reply.decoded(StripeIntent.self)?.answer ?? .unknown
    case 402: self = reply.failure.map { .declined($0.decline) } ?? .unknown
    // Another request with this key is under way, too many, or Stripe's own trouble.
    case 409, 429: self = .unknown
    case 400..<500: self = reply.failure.map { ProcessorAnswer(refusal: $0, status: reply.status) } ?? .unknown
    default: self = .unknown
    }
  }

  private init(refusal: StripeFailure, status: Int) {
    if let answer = refusal.paymentIntent?.answer {
      // Such as a cancellation that came too late.
      self = answer
    } else if refusal.type == "idempotency_error" {
      self = .unknown
    } else if status == 401 || status == 403 {
      self = .refused(Decline(code: "processor_unavailable", message: "Cards cannot be charged at the moment"))
    } else {
      self = .refused(Decline(code: String((refusal.code ?? "invalid_request").prefix(64)), message: Self.notAccepted))
    }
  }
}

extension RefundAnswer {
  init(_ reply: StripeConnection.Reply?) {
    guard let reply else {
      self = .unknown
      return
    }
    switch reply.status {
    case 200..<300:
      let refund = reply.decoded(StripeRefund.self)
      switch (refund?.object, refund?.status) {
      case ("refund", "succeeded"), ("refund", "pending"), ("refund", "requires_action"): self = .done
      case ("refund", let status?): self = .refused(Decline(code: String(status.prefix(64)), message: ""))
      default: self = .unknown
      }
    case 409, 429: self = .unknown
    case 400..<500:
      guard let failure = reply.failure else {
        self = .unknown
        return
      }
      self = failure.code == "charge_already_refunded" ? .done : .refused(failure.decline)
    default: self = .unknown
    }
  }
}

extension StripeConnection.Reply {
  var failure: StripeFailure? { decoded(StripeFailureReply.self)?.error }

  func decoded<Value: Decodable>(_: Value.Type) -> Value? {
    try? JSONDecoder().decode(Value.self, from: Data(body))
  }
}
