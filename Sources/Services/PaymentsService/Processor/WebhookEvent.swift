#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What is read of an event that the processor posted. Only which intent it is about: where that stands is looked up,
/// because an event may be old, or out of order.
struct WebhookEvent: Sendable, Hashable {
  let id: String
  let type: String
  /// nil: it is about something else than an intent.
  let subject: Subject?

  struct Subject: Sendable, Hashable {
    let intent: String
    /// As the intent's metadata has it; nil where the event is about a charge, a refund or a dispute of the intent.
    let attempt: AttemptID?
  }

  /// It tells of money that goes back, or is contested, or no longer.
  var isOfCharge: Bool {
    ["charge.refund", "refund.", "charge.dispute."].contains(where: type.hasPrefix)
  }

  /// One of those that may change what is known of an attempt.
  var isOfInterest: Bool { isOfCharge || type.hasPrefix("payment_intent.") }

  /// nil for what is no event.
  init?(_ payload: [UInt8]) {
    guard let event = try? JSONDecoder().decode(Payload.self, from: Data(payload)), event.object == "event",
      (1...255).contains(event.id.utf8.count), event.id.utf8.allSatisfy({ (0x21...0x7e).contains($0) }),
      event.type.utf8.count <= 255
    else { return nil }
    id = event.id
    type = event.type
    subject = event.data?.object.flatMap(Subject.init)
  }
}

extension WebhookEvent.Subject {
  fileprivate init?(_ object: WebhookEvent.Payload.Object) {
    switch object.object {
    case "payment_intent":
      guard let intent = object.id, StripeID.isID(intent, "pi_") else { return nil }
      let attempt = object.metadata.flatMap { metadata in
        metadata["order"].flatMap { order in metadata["attempt"].map { "\(order):\($0)" } }
      }
      self.init(intent: intent, attempt: attempt.flatMap { AttemptID($0) })
    case "charge", "refund", "dispute":
      guard let intent = object.paymentIntent, StripeID.isID(intent, "pi_") else { return nil }
      self.init(intent: intent, attempt: nil)
    default: return nil
    }
  }
}

extension WebhookEvent {
  fileprivate struct Payload: Decodable {
    let id: String
    let object: String
    let type: String
    let data: Content?

    /// Objects of other kinds have fields of other types: they are none.
    struct Content: Decodable {
      let object: Object?

      private enum CodingKeys: String, CodingKey { case object }

      init(from decoder: any Decoder) throws {
        object = try? decoder.container(keyedBy: CodingKeys.self).decode(Object.self, forKey: .object)
      }
    }

    struct Object: Decodable {
      let id: String?
      let object: String?
      let paymentIntent: String?
      let metadata: [String: String]?

      private enum CodingKeys: String, CodingKey {
        case id, object, metadata
        case paymentIntent = "payment_intent"
      }
    }
  }
}
