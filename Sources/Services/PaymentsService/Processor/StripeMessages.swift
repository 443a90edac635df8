/// What we read of Stripe's replies. What is of another type than it should be counts as not told.
struct StripeIntent: Decodable, Sendable {
  let id: String
  let object: String
  let status: String
  let terms: IntentTerms
  let lastPaymentError: StripeFailure?
  let latestCharge: StripeCharge?
  private let challenge: Challenge

  private enum CodingKeys: String, CodingKey {
    case id, object, status, amount, currency, metadata
    case received = "amount_received"
    case clientSecret = "client_secret"
    case nextAction = "next_action"
    case lastPaymentError = "last_payment_error"
    case latestCharge = "latest_charge"
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    id = try fields.decode(String.self, forKey: .id)
    object = try fields.decode(String.self, forKey: .object)
    status = try fields.decode(String.self, forKey: .status)
    let metadata = try? fields.decode([String: String].self, forKey: .metadata)
    terms = IntentTerms(
      intent: id, amountCents: try? fields.decode(Int64.self, forKey: .amount),
      receivedCents: try? fields.decode(Int64.self, forKey: .received),
      currency: try? fields.decode(String.self, forKey: .currency), order: metadata?["order"],
      attempt: metadata?["attempt"], payment: metadata?["payment"])
    lastPaymentError = try? fields.decode(StripeFailure.self, forKey: .lastPaymentError)
    latestCharge = try? fields.decode(StripeCharge.self, forKey: .latestCharge)
    let secret = try? fields.decode(String.self, forKey: .clientSecret)
    let action = try? fields.decode(StripeNextAction.self, forKey: .nextAction)
    challenge = Challenge(
      clientSecret: secret.flatMap { Self.isVisible($0, atMost: 500) ? $0 : nil } ?? "",
      redirectURL: (action?.redirect?.url).flatMap { ReturnURL.isURL($0) ? $0 : nil } ?? "")
  }

  /// nil for what is no intent, or none whose id could stand in a path.
  func answer(_ disputes: [StripeDispute] = []) -> ProcessorAnswer? {
    guard object == "payment_intent", StripeID.isID(id, "pi_"), let state = state(disputes) else { return nil }
    return .intent(id: id, state)
  }

  private func state(_ disputes: [StripeDispute]) -> IntentState? {
    switch status {
    case "requires_payment_method": .requiresPaymentMethod(lastPaymentError?.decline)
    case "requires_confirmation": .requiresConfirmation
    case "requires_action", "requires_source_action": .requiresAction(challenge)
    case "processing", "requires_capture": .processing
    case "succeeded": latestCharge?.state(disputes) ?? .succeeded
    case "canceled": .canceled
    default: nil
    }
  }

  private static func isVisible(_ text: String, atMost length: Int) -> Bool {
    (1...length).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7e).contains($0) }
  }
}

private struct StripeNextAction: Decodable {
  struct Redirect: Decodable { let url: String? }
  let redirect: Redirect?

  private enum CodingKeys: String, CodingKey { case redirect = "redirect_to_url" }
}

/// A charge where it was asked for (`expand[]`), else only its id.
struct StripeCharge: Decodable, Sendable {
  let isDisputed: Bool
  private let isRefunded: Bool
  private let refundedCents: Int64
  /// Newest first, ten at most; empty too where they were not asked for.
  private let refunds: [StripeRefund]

  private enum CodingKeys: String, CodingKey {
    case refunded, disputed, refunds
    case refundedCents = "amount_refunded"
  }

  private struct List: Decodable { let data: [StripeRefund] }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    isDisputed = (try? fields.decode(Bool.self, forKey: .disputed)) ?? false
    isRefunded = (try? fields.decode(Bool.self, forKey: .refunded)) ?? false
    refundedCents = (try? fields.decode(Int64.self, forKey: .refundedCents)) ?? 0
    refunds = (try? fields.decode(List.self, forKey: .refunds))?.data ?? []
  }

  /// Of the intent that it is the charge of.
  func state(_ disputes: [StripeDispute]) -> IntentState {
    if disputes.contains(where: \.isLost) { return .reversed(.chargedBack) }
    if disputes.contains(where: \.isOpen) { return .reversed(.disputed) }
    let states = refunds.map(\.state)
    // None of those that there are has brought, or will bring, anything back.
    if !states.isEmpty, states.allSatisfy({ $0?.hasFailed == true }) { return .succeeded }
    if isRefunded {
      let underWay = refunds.first { $0.state == .pending || $0.state == .requiresAction }
      return underWay.map { .refundPending(id: $0.id) } ?? .reversed(.refunded)
    }
    let isPartlyBack = states.isEmpty ? refundedCents > 0 : states.contains(.succeeded)
    return isPartlyBack ? .reversed(.partlyRefunded) : .succeeded
  }
}

struct StripeDispute: Decodable, Sendable {
  let status: String
  let paymentIntent: String?

  private enum CodingKeys: String, CodingKey {
    case status
    case paymentIntent = "payment_intent"
  }

  var isLost: Bool { status == "lost" }
  /// An inquiry that was closed is not one that was lost. What is not known yet is not decided.
  var isOpen: Bool { !["won", "lost", "warning_closed", "prevented"].contains(status) }
}

struct StripeDisputeList: Decodable, Sendable {
  let data: [StripeDispute]
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
    if code == "payment_intent_authentication_failure" || code == Decline.authenticationFailed.code {
      return .authenticationFailed
    }
    let code = [declineCode == "generic_decline" ? nil : declineCode, code].compactMap(\.self).first ?? "card_declined"
    let isForPeople = (type ?? "card_error") == "card_error"
    let sentence = isForPeople && message?.contains("_") == false ? message : nil
    return Decline(
      code: String(code.prefix(64)), message: sentence.map { String($0.prefix(300)) } ?? "Your card was declined.")
  }
}

/// The intent that a failure is about: enough of it to know where it stands, and whose it is.
struct StripeIntentInFailure: Decodable, Sendable {
  let id: String
  let object: String
  let status: String
  private let amount: Int64?
  private let received: Int64?
  private let currency: String?
  private let metadata: [String: String]?

  private enum CodingKeys: String, CodingKey {
    case id, object, status, amount, currency, metadata
    case received = "amount_received"
  }

  var terms: IntentTerms {
    IntentTerms(
      intent: id, amountCents: amount, receivedCents: received, currency: currency, order: metadata?["order"],
      attempt: metadata?["attempt"], payment: metadata?["payment"])
  }

  /// Not the state of a refused card: what was refused is the failure itself. nil too where only a look-up tells.
  var answer: ProcessorAnswer? {
    guard object == "payment_intent", StripeID.isID(id, "pi_") else { return nil }
    switch status {
    case "requires_payment_method": return .intent(id: id, .requiresPaymentMethod(nil))
    case "requires_confirmation": return .intent(id: id, .requiresConfirmation)
    case "processing", "requires_capture", "requires_action", "requires_source_action":
      return .intent(id: id, .processing)
    case "succeeded": return .intent(id: id, .succeeded)
    case "canceled": return .intent(id: id, .canceled)
    default: return nil
    }
  }
}

struct StripeFailureReply: Decodable, Sendable {
  let error: StripeFailure
}

struct StripeRefund: Decodable, Sendable {
  let id: String
  let object: String
  let terms: RefundTerms
  /// nil: one that is not known.
  let state: RefundState?

  private enum CodingKeys: String, CodingKey {
    case id, object, status, amount, currency
    case intent = "payment_intent"
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    id = try fields.decode(String.self, forKey: .id)
    object = try fields.decode(String.self, forKey: .object)
    terms = RefundTerms(
      intent: try? fields.decode(String.self, forKey: .intent),
      amountCents: try? fields.decode(Int64.self, forKey: .amount),
      currency: try? fields.decode(String.self, forKey: .currency))
    state = (try? fields.decode(String.self, forKey: .status)).flatMap(RefundState.init)
  }
}

enum StripeID {
  /// Whether it could stand in a path; `prefix` is that of its kind.
  static func isID(_ text: String, _ prefix: String) -> Bool {
    text.utf8.count <= 255 && text.hasPrefix(prefix) && text.utf8.count > prefix.utf8.count
      && text.utf8.allSatisfy { $0 == UInt8(ascii: "_") || Character(Unicode.Scalar($0)).isASCIIWord }
  }

  /// Of most methods `re_…`, of some `pyr_…`.
  static func isRefund(_ text: String) -> Bool { isID(text, "re_") || isID(text, "pyr_") }
}

extension Character {
  fileprivate var isASCIIWord: Bool { isASCII && (isLetter || isNumber) }
}
