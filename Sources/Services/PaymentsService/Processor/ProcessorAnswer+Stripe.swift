#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a reply of Stripe means, and what it is about.
extension ProcessorReply {
  static let notAccepted = "The card was not accepted"

  /// `disputes`: those of the intent that the reply is.
  init(_ reply: StripeConnection.Reply?, disputes: [StripeDispute] = []) {
    guard let reply else {
      self.init(answer: .unknown)
      return
    }
    switch reply.status {
    case 200..<300:
      let intent = reply.decoded(StripeIntent.self)
      self.init(answer: intent?.answer(disputes) ?? .nonsense, terms: intent?.terms)
    // Another request with this key is under way, or too many: nothing is kept.
    case 409, 429: self.init(answer: .unknown)
    case 400..<500:
      guard let failure = reply.failure else {
        self.init(answer: .failed)
        return
      }
      let answer = reply.status == 402 ? .declined(failure.decline) : ProcessorAnswer(failure, status: reply.status)
      self.init(answer: answer, terms: failure.paymentIntent?.terms)
    // Stripe's own trouble; what it answers so, it answers for as long as it remembers the key.
    default: self.init(answer: .failed)
    }
  }
}

extension ProcessorAnswer {
  fileprivate init(_ failure: StripeFailure, status: Int) {
    if let answer = failure.paymentIntent?.answer {
      // Such as a cancellation that came too late.
      self = answer
    } else if status == 401 || status == 403 {
      self = .refused(Decline(code: "processor_unavailable", message: "Cards cannot be charged at the moment"))
    } else if failure.type == "idempotency_error" || failure.type == "api_error" {
      self = .failed
    } else {
      self = .refused(
        Decline(code: String((failure.code ?? "invalid_request").prefix(64)), message: ProcessorReply.notAccepted))
    }
  }
}

extension RefundReply {
  init(_ reply: StripeConnection.Reply?) {
    guard let reply else {
      self.init(answer: .unknown)
      return
    }
    switch reply.status {
    case 200..<300:
      guard let refund = reply.decoded(StripeRefund.self), refund.object == "refund", let state = refund.state,
        StripeID.isRefund(refund.id)
      else {
        self.init(answer: .nonsense)
        return
      }
      self.init(answer: .refund(id: refund.id, state), terms: refund.terms)
    case 409, 429: self.init(answer: .unknown)
    case 400..<500:
      guard let failure = reply.failure else {
        self.init(answer: .failed)
        return
      }
      self.init(answer: failure.code == "charge_already_refunded" ? .alreadyBack : .refused(failure.decline))
    default: self.init(answer: .failed)
    }
  }
}

extension StripeConnection.Reply {
  var failure: StripeFailure? { decoded(StripeFailureReply.self)?.error }

  func decoded<Value: Decodable>(_: Value.Type) -> Value? {
    try? JSONDecoder().decode(Value.self, from: Data(body))
  }
}
