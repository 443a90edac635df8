import Synchronization

/// A server with Stripe's PaymentIntents that honours idempotency keys, counts its money, and fails on demand.
package final class StripeTwin: Sendable {
  package init() {}

  package enum Fault: Sendable, Hashable {
    /// The connection closes unanswered: before anything is done, or after it.
    case resetBefore, resetAfter
    /// Done, answered after so many milliseconds.
    case delay(Int64)
    /// Done, answered when `release` is called.
    case hold
    case truncate, garbage
    /// Refused without being done, nothing saved.
    case status(Int)
    /// Refused without being done, in a sentence that quotes the whole request.
    case echo(Int)
    /// Not done, and answered so to this key for ever.
    case saved500, saved400
    /// Done, and answered so to this key for ever.
    case saved500AfterDoing
    /// Done, and told as if it were something else.
    case lie(Lie)
  }

  /// What an answer says that is not so.
  package enum Lie: Sendable, Hashable {
    case amount(Int), received(Int), currency(String), order(String), attempt(String), noMetadata
    /// It is about this intent.
    case intent(String)
    /// Where it stands.
    case status(String)
  }

  package struct Intent: Sendable {
    package var id: String
    package var amount: Int
    package let card: String
    package var currency: String
    /// `order`, `attempt`, `payment`
    package var metadata: [String: String]
    package var status = "requires_confirmation"
    package var received: Int?
    package var returnURL = ""
    package var failure: String?
    /// Newest first.
    package var refunds: [Refund] = []
    /// Of its disputes; the charge says only that there was one.
    package var disputes: [String] = []

    package var refundedCents: Int {
      refunds.filter { !["failed", "canceled"].contains($0.status) }.reduce(0) { $0 + $1.amount }
    }
    package var isRefunded: Bool { status == "succeeded" && refundedCents == amount }
  }

  package struct Refund: Sendable {
    package let id: String
    package let amount: Int
    package var status: String
  }

  package struct Request: Sendable, Hashable {
    package let method: String
    package let path: String
    package let key: String?
    package let form: [String: String]
    package let authorization: String?
    package let version: String?

    /// `create`, `confirm`, `cancel`, `retrieve`, `refund`, `retrieveRefund`, `disputes`
    package var verb: String {
      if method == "GET" {
        if path.hasPrefix("/v1/disputes") { return "disputes" }
        return path.hasPrefix("/v1/refunds") ? "retrieveRefund" : "retrieve"
      }
      if path == "/v1/refunds" { return "refund" }
      return path == "/v1/payment_intents" ? "create" : String(path.split(separator: "/").last ?? "")
    }
  }

  package struct State: Sendable {
    package var intents: [String: Intent] = [:]
    /// By idempotency key: what was asked, and what is answered again.
    package var saved: [String: (form: [String: String], reply: Reply)] = [:]
    package var charges = 0
    /// Those that were made, whatever became of them.
    package var refunds = 0
    /// Of the refunds to come, from the front; then they succeed.
    package var refundStatuses: [String] = []
    package var requests: [Request] = []
    /// By verb, used up from the front; the last of `always` stays.
    package var faults: [String: [Fault]] = [:]
    package var always: [String: Fault] = [:]
  }

  package struct Reply: Sendable {
    package let status: Int
    package let body: String
  }

  package let state = Mutex(State())
  private let isReleased = Mutex(false)
  static let untilReleased: Int64 = -1

  /// Answers what `hold` has kept.
  package func release() { isReleased.withLock { $0 = true } }
  package var isHolding: Bool { isReleased.withLock { !$0 } }

  package func fail(_ verb: String, _ faults: Fault...) { state.withLock { $0.faults[verb, default: []] += faults } }
  package func failAlways(_ verb: String, _ fault: Fault?) { state.withLock { $0.always[verb] = fault } }

  /// What becomes of the next refunds at once.
  package func refundsBecome(_ statuses: String...) { state.withLock { $0.refundStatuses = statuses } }

  /// What becomes of a refund later.
  package func settleRefund(_ id: String, _ status: String) {
    change { intent in
      for index in intent.refunds.indices where intent.refunds[index].id == id { intent.refunds[index].status = status }
    }
  }

  /// Somebody does it by hand, for everything that is left where `amount` is nil.
  package func refundByHand(_ intent: String, amount: Int? = nil, status: String = "succeeded") -> String? {
    state.withLock { state in
      guard var changed = state.intents[intent] else { return nil }
      state.refunds += 1
      let id = "re_hand\(state.refunds)"
      let left = changed.amount - changed.refundedCents
      changed.refunds.insert(Refund(id: id, amount: amount ?? left, status: status), at: 0)
      state.intents[intent] = changed
      return id
    }
  }

  package func dispute(_ intent: String, _ status: String) {
    state.withLock { $0.intents[intent]?.disputes = [status] }
  }

  /// What the card holder does at the challenge.
  package func answerChallenge(_ intent: String, isCompleted: Bool) {
    state.withLock { state in
      guard state.intents[intent]?.status == "requires_action" else { return }
      if isCompleted {
        state.intents[intent]?.status = "succeeded"
        state.charges += 1
      } else {
        state.intents[intent]?.status = "requires_payment_method"
        state.intents[intent]?.failure = "payment_intent_authentication_failure"
      }
    }
  }

  /// A second intent like this one, with an id of its own.
  package func copy(_ id: String) -> String? {
    state.withLock { state in
      guard var intent = state.intents[id] else { return nil }
      intent.id = "pi_copy\(state.intents.count + 1)"
      state.intents[intent.id] = intent
      return intent.id
    }
  }

  package func change(_ body: (inout Intent) -> Void) {
    state.withLock { state in
      for id in state.intents.keys {
        guard var intent = state.intents[id] else { continue }
        body(&intent)
        state.intents[id] = intent
      }
    }
  }

  package var charges: Int { state.withLock(\.charges) }
  package var refunds: Int { state.withLock(\.refunds) }
  package var requests: [Request] { state.withLock(\.requests) }
  package func requests(_ verb: String) -> [Request] { requests.filter { $0.verb == verb } }
  package var intents: [Intent] { state.withLock { Array($0.intents.values) } }

  /// What to do about a request: a reply after some milliseconds, or none.
  package func answer(_ request: Request) -> (reply: Reply?, delay: Int64, isTruncated: Bool) {
    state.withLock { state in
      state.requests.append(request)
      let fault =
        state.faults[request.verb]?.isEmpty == false
        ? state.faults[request.verb]?.removeFirst() : state.always[request.verb]
      switch fault {
      case nil: return (Self.carryOut(request, &state), 0, false)
      case .resetBefore: return (nil, 0, false)
      case .resetAfter:
        _ = Self.carryOut(request, &state)
        return (nil, 0, false)
      case .hold: return (Self.carryOut(request, &state), Self.untilReleased, false)
      case .delay(let milliseconds): return (Self.carryOut(request, &state), milliseconds, false)
      case .truncate: return (Self.carryOut(request, &state), 0, true)
      case .garbage:
        _ = Self.carryOut(request, &state)
        return (Reply(status: 200, body: "<html>\u{0}"), 0, false)
      case .status(let status): return (Self.failure(status, "api_error", "down"), 0, false)
      case .echo(let status):
        let card = state.intents.values.first { request.path.contains($0.id) }?.card ?? ""
        let quoted = "\(request.authorization ?? "") \(request.form.values.joined(separator: " ")) \(card)"
        return (Self.failure(status, "card_error", "Refused: \(quoted)"), 0, false)
      case .lie(let lie):
        _ = Self.carryOut(request, &state)
        return (Self.told(request, lie, state), 0, false)
      case .saved400:
        let reply = Self.failure(400, "invalid_request_error", "saved", code: "parameter_invalid")
        if let key = request.key { state.saved[key] = (request.form, reply) }
        return (reply, 0, false)
      case .saved500, .saved500AfterDoing:
        if fault == .saved500AfterDoing { _ = Self.carryOut(request, &state) }
        let reply = Self.failure(500, "api_error", "saved")
        if let key = request.key { state.saved[key] = (request.form, reply) }
        return (reply, 0, false)
      }
    }
  }

  private static func carryOut(_ request: Request, _ state: inout State) -> Reply {
    if let key = request.key, let saved = state.saved[key] {
      return saved.form == request.form ? saved.reply : failure(400, "idempotency_error", "another request")
    }
    let reply = perform(request, &state)
    if let key = request.key { state.saved[key] = (request.form, reply) }
    return reply
  }

  private static func perform(_ request: Request, _ state: inout State) -> Reply {
    let last = request.path.split(separator: "/").last.map(String.init) ?? ""
    switch request.verb {
    case "create": return create(request.form, &state)
    case "refund": return refund(request.form["payment_intent"] ?? "", &state)
    case "retrieveRefund":
      for intent in state.intents.values {
        if let refund = intent.refunds.first(where: { $0.id == last }) {
          return Reply(status: 200, body: json(refund, of: intent))
        }
      }
      return failure(404, "invalid_request_error", "no such refund")
    case "disputes":
      let id = last.split(separator: "payment_intent=").last.map { String($0.prefix { $0 != "&" }) } ?? ""
      let disputes = (state.intents[id]?.disputes ?? []).map {
        #"{"object":"dispute","id":"dp_1","payment_intent":"\#(id)","status":"\#($0)"}"#
      }
      return Reply(status: 200, body: #"{"object":"list","data":[\#(disputes.joined(separator: ","))]}"#)
    default: break
    }
    guard var intent = state.intents[intentID(request)] else {
      return failure(404, "invalid_request_error", "no such intent")
    }
    defer { state.intents[intent.id] = intent }
    switch request.verb {
    case "confirm":
      guard intent.status == "requires_confirmation" else { return failure(about: intent) }
      if intent.card.contains("authentication") {
        intent.status = "requires_action"
        intent.returnURL = request.form["return_url"] ?? ""
      } else if intent.card.contains("hargeDeclined") {
        intent.status = "requires_payment_method"
        return failure(402, "card_error", "Your card was declined.", about: intent)
      } else if intent.card.contains("slow") {
        intent.status = "processing"
      } else {
        intent.status = "succeeded"
        state.charges += 1
      }
      return Reply(status: 200, body: json(intent, isExpanded: false))
    case "cancel":
      guard !["succeeded", "processing", "canceled"].contains(intent.status) else { return failure(about: intent) }
      intent.status = "canceled"
      return Reply(status: 200, body: json(intent, isExpanded: false))
    default: return Reply(status: 200, body: json(intent))
    }
  }

  private static func intentID(_ request: Request) -> String {
    let part = request.path.split(separator: "/").dropFirst(2).first ?? ""
    return part.split(separator: "?").first.map(String.init) ?? ""
  }

  /// The intent that a request is about, with something that is not so.
  private static func told(_ request: Request, _ lie: Lie, _ state: State) -> Reply {
    let newest = "pi_twin\(state.intents.count)"
    guard var intent = state.intents[request.verb == "create" ? newest : intentID(request)] else {
      return failure(404, "invalid_request_error", "no such intent")
    }
    switch lie {
    case .amount(let amount): intent.amount = amount
    case .received(let amount): intent.received = amount
    case .currency(let currency): intent.currency = currency
    case .order(let order): intent.metadata["order"] = order
    case .attempt(let attempt): intent.metadata["attempt"] = attempt
    case .noMetadata: intent.metadata = [:]
    case .intent(let id): if let other = state.intents[id] { intent = other } else { intent.id = id }
    case .status(let status): intent.status = status
    }
    return Reply(status: 200, body: json(intent))
  }

  private static func create(_ form: [String: String], _ state: inout State) -> Reply {
    let card = form["payment_method"] ?? form["payment_method_data[card][token]"] ?? ""
    guard !card.contains("unknown") else {
      return failure(400, "invalid_request_error", "No such token: '\(card)'", code: "resource_missing")
    }
    var metadata: [String: String] = [:]
    for name in ["order", "attempt", "payment"] { metadata[name] = form["metadata[\(name)]"] }
    let intent = Intent(
      id: "pi_twin\(state.intents.count + 1)", amount: Int(form["amount"] ?? "") ?? 0, card: card,
      currency: form["currency"] ?? "", metadata: metadata)
    state.intents[intent.id] = intent
    return Reply(status: 200, body: json(intent))
  }

  private static func refund(_ id: String, _ state: inout State) -> Reply {
    guard var intent = state.intents[id], intent.status == "succeeded" else {
      return failure(400, "invalid_request_error", "nothing to refund")
    }
    guard !intent.isRefunded else {
      return failure(400, "invalid_request_error", "refunded", code: "charge_already_refunded")
    }
    guard !intent.disputes.contains(where: { $0 == "needs_response" || $0 == "lost" }) else {
      return failure(400, "invalid_request_error", "disputed", code: "charge_disputed")
    }
    state.refunds += 1
    let status = state.refundStatuses.isEmpty ? "succeeded" : state.refundStatuses.removeFirst()
    let refund = Refund(id: "re_\(state.refunds)", amount: intent.amount - intent.refundedCents, status: status)
    intent.refunds.insert(refund, at: 0)
    state.intents[id] = intent
    return Reply(status: 200, body: json(refund, of: intent))
  }

  private static func json(_ refund: Refund, of intent: Intent) -> String {
    #"{"object":"refund","id":"\#(refund.id)","status":"\#(refund.status)","amount":\#(refund.amount),"#
      + #""currency":"\#(intent.currency)","payment_intent":"\#(intent.id)"}"#
  }

  private static func json(_ intent: Intent, isExpanded: Bool = true) -> String {
    let refunds = intent.refunds.map { json($0, of: intent) }.joined(separator: ",")
    let whole =
      #"{"id":"ch_1","refunded":\#(intent.isRefunded),"amount_refunded":\#(intent.refundedCents),"#
      + #""disputed":\#(!intent.disputes.isEmpty),"refunds":{"object":"list","data":[\#(refunds)]}}"#
    let charge = intent.status == "succeeded" ? (isExpanded ? whole : #""ch_1""#) : "null"
    let metadata = intent.metadata.map { #""\#($0)":"\#($1)""# }.joined(separator: ",")
    let received = intent.received ?? (intent.status == "succeeded" ? intent.amount : 0)
    let action =
      intent.status != "requires_action"
      ? "null"
      : intent.returnURL.isEmpty
        ? #"{"type":"use_stripe_sdk","use_stripe_sdk":{}}"#
        : #"{"type":"redirect_to_url","redirect_to_url":{"url":"https://hooks.stripe.test/\#(intent.id)"}}"#
    let failure = intent.failure.map { #"{"type":"invalid_request_error","code":"\#($0)"}"# } ?? "null"
    return
      #"{"object":"payment_intent","id":"\#(intent.id)","status":"\#(intent.status)","amount":\#(intent.amount),"#
      + #""amount_received":\#(received),"currency":"\#(intent.currency)","metadata":{\#(metadata)},"#
      + #""client_secret":"\#(intent.id)_secret_canary","next_action":\#(action),"#
      + #""latest_charge":\#(charge),"last_payment_error":\#(failure)}"#
  }

  private static func failure(about intent: Intent) -> Reply {
    failure(400, "invalid_request_error", "unexpected state", code: "payment_intent_unexpected_state", about: intent)
  }

  private static func failure(
    _ status: Int, _ type: String, _ message: String, code: String = "card_declined", about intent: Intent? = nil
  ) -> Reply {
    let about = intent.map { #","payment_intent":\#(json($0, isExpanded: false))"# } ?? ""
    return Reply(
      status: status, body: #"{"error":{"type":"\#(type)","code":"\#(code)","message":"\#(message)"\#(about)}}"#)
  }
}
