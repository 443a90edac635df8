/// What we read of Stripe's replies.
struct StripeIntent: Decodable, Sendable {
  let id: String
  let object: String
  let status: String
  let lastPaymentError: StripeFailure?
  let latestCharge: StripeCharge?

  enum CodingKeys: String, CodingKey {
    case id, object, status
    case lastPaymentError = "last_payment_error"
    case latestCharge = "latest_charge"
  }

  /// nil for what is no intent, or none whose id could stand in a path.
  var answer: ProcessorAnswer? {
    guard object == "payment_intent", Self.isID(id), let state else { return nil }
    return .intent(id: id, state)
  }

  private var state: IntentState? {
    switch status {
    case "requires_payment_method": .requiresPaymentMethod(lastPaymentError?.decline)
    case "requires_confirmation": .requiresConfirmation
    case "requires_action", "requires_source_action": .requiresAction
    case "processing", "requires_capture": .processing
    case "succeeded": latestCharge?.isRefunded == true ? .refunded : .succeeded
    case "canceled": .canceled
    default: nil
    }
  }

  static func isID(_ text: String) -> Bool {
    text.utf8.count <= 255 && text.hasPrefix("pi_") && text.utf8.count > 3
      && text.utf8.allSatisfy { $0 == UInt8(ascii: "_") || Character(Unicode.Scalar($0)).isASCIIWord }
  }
}

/// A charge where it was asked for (`expand[]`), else only its id.
struct StripeCharge: Decodable, Sendable {
  let isRefunded: Bool

  private enum CodingKeys: String, CodingKey { case refunded }

  init(from decoder: any Decoder) throws {
    guard let fields = try? decoder.container(keyedBy: CodingKeys.self) else {
      isRefunded = false
      return
    }
    isRefunded = try fields.decodeIfPresent(Bool.self, forKey: .refunded) ?? false
  }
}

struct StripeFailure: Decodable, Sendable {
  let type: String?
  let code: String?
  let declineCode: String?
  let message: String?
  let paymentIntent: StripeIntentInFailure?

  enum CodingKeys: String, CodingKey {
    case type, code, message
    case declineCode = "decline_code"
    case paymentIntent = "payment_intent"
  }

  /// Only what Stripe says of a card is meant for the card's holder, and not where it quotes an id, a card's token or a
  /// part of a key: those have an underscore, which no sentence for people has.
  var decline: Decline {
    let code = [declineCode == "generic_decline" ? nil : declineCode, code].compactMap(\.self).first ?? "card_declined"
    let isForPeople = (type ?? "card_error") == "card_error"
    let sentence = isForPeople && message?.contains("_") == false ? message : nil
    return Decline(
      code: String(code.prefix(64)), message: sentence.map { String($0.prefix(300)) } ?? "Your card was declined.")
  }
}

/// The intent that a failure is about: enough of it to know where it stands.
struct StripeIntentInFailure: Decodable, Sendable {
  let id: String
  let object: String
  let status: String

  /// Not the state of a refused card: what was refused is the failure itself.
  var answer: ProcessorAnswer? {
    StripeIntent(id: id, object: object, status: status, lastPaymentError: nil, latestCharge: nil).answer
  }
}

struct StripeFailureReply: Decodable, Sendable {
  let error: StripeFailure
}

struct StripeRefund: Decodable, Sendable {
  let object: String
  let status: String?
}

extension Character {
  fileprivate var isASCIIWord: Bool { isASCII && (isLetter || isNumber) }
}
