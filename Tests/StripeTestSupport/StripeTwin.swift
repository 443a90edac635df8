import Synchronization

/// A server with Stripe's PaymentIntents that honours idempotency keys, counts its money, and fails on demand.
package final class StripeTwin: Sendable {
  package init() {}

  package enum Fault: Sendable, Hashable {
    /// The connection closes unanswered: before anything is done, or after it.
    case resetBefore, resetAfter
    /// Done, answered after so many milliseconds.
    case delay(Int64)
    case truncate, garbage
    /// Refused without being done, nothing saved.
    case status(Int)
    /// Refused without being done, in a sentence that quotes the whole request.
    case echo(Int)
    /// Not done, and answered so to this key for ever.
    case saved500
    /// Done, and answered so to this key for ever.
    case saved500AfterDoing
  }

  package struct Intent: Sendable {
    package let id: String
    package let amount: Int
    package let card: String
    package let metadata: [String: String]
    package var status = "requires_confirmation"
    package var isRefunded = false
  }

  package struct Request: Sendable, Hashable {
    package let method: String
    package let path: String
    package let key: String?
    package let form: [String: String]
    package let authorization: String?
    package let version: String?

    /// `create`, `confirm`, `cancel`, `retrieve`, `refund`
    package var verb: String {
      if method == "GET" { return "retrieve" }
      if path == "/v1/refunds" { return "refund" }
      return path == "/v1/payment_intents" ? "create" : String(path.split(separator: "/").last ?? "")
    }
  }

  package struct State: Sendable {
    package var intents: [String: Intent] = [:]
    /// By idempotency key: what was asked, and what is answered again.
    package var saved: [String: (form: [String: String], reply: Reply)] = [:]
    package var charges = 0
    package var refunds = 0
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

  package func fail(_ verb: String, _ faults: Fault...) { state.withLock { $0.faults[verb, default: []] += faults } }
  package func failAlways(_ verb: String, _ fault: Fault?) { state.withLock { $0.always[verb] = fault } }

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
    switch request.verb {
    case "create": return create(request.form, &state)
    case "refund": return refund(request.form["payment_intent"] ?? "", &state)
    default: break
    }
    let id = String(request.path.split(separator: "/").dropFirst(2).first ?? "").split(separator: "?").first ?? ""
    guard var intent = state.intents[String(id)] else { return failure(404, "invalid_request_error", "no such intent") }
    defer { state.intents[intent.id] = intent }
    switch request.verb {
    case "confirm":
      guard intent.status == "requires_confirmation" else { return failure(about: intent) }
      if intent.card.contains("authentication") {
        intent.status = "requires_action"
      } else if intent.card.contains("hargeDeclined") {
        intent.status = "requires_payment_method"
        return failure(402, "card_error", "Your card was declined.", about: intent)
      } else if intent.card.contains("slow") {
        intent.status = "processing"
      } else {
        intent.status = "succeeded"
        state.charges += 1
      }
      return Reply(status: 200, body: json(intent))
    case "cancel":
      guard !["succeeded", "processing", "canceled"].contains(intent.status) else { return failure(about: intent) }
      intent.status = "canceled"
      return Reply(status: 200, body: json(intent))
    default: return Reply(status: 200, body: json(intent))
    }
  }

  private static func create(_ form: [String: String], _ state: inout State) -> Reply {
    let card = form["payment_method"] ?? form["payment_method_data[card][token]"] ?? ""
    guard !card.contains("unknown") else {
      return failure(400, "invalid_request_error", "No such token: '\(card)'", code: "resource_missing")
    }
    let metadata = form.filter { $0.key.hasPrefix("metadata[") }
    let intent = Intent(
      id: "pi_twin\(state.intents.count + 1)", amount: Int(form["amount"] ?? "") ?? 0, card: card, metadata: metadata)
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
    intent.isRefunded = true
    state.intents[id] = intent
    state.refunds += 1
    return Reply(status: 200, body: #"{"object":"refund","id":"re_1","status":"succeeded"}"#)
  }

  private static func json(_ intent: Intent) -> String {
    let charge = intent.status == "succeeded" ? #"{"id":"ch_1","refunded":\#(intent.isRefunded)}"# : "null"
    return
      #"{"object":"payment_intent","id":"\#(intent.id)","status":"\#(intent.status)","amount":\#(intent.amount),"#
      + #""latest_charge":\#(charge),"last_payment_error":null}"#
  }

  private static func failure(about intent: Intent) -> Reply {
    failure(400, "invalid_request_error", "unexpected state", code: "payment_intent_unexpected_state", about: intent)
  }

  private static func failure(
    _ status: Int, _ type: String, _ message: String, code: String = "card_declined", about intent: Intent? = nil
  ) -> Reply {
    let about = intent.map { #","payment_intent":\#(json($0))"# } ?? ""
    return Reply(
      status: status, body: #"{"error":{"type":"\#(type)","code":"\#(code)","message":"\#(message)"\#(about)}}"#)
  }
}
