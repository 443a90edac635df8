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
  /// nil: it is about something else than an attempt of ours.
  let subject: Subject?

  struct Subject: Sendable, Hashable {
    let attempt: AttemptID
    let intent: String
  }

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
    guard object.object == "payment_intent", let intent = object.id, let order = object.metadata?["order"],
      let number = object.metadata?["attempt"], let attempt = AttemptID("\(order):\(number)")
    else { return nil }
    self.init(attempt: attempt, intent: intent)
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
      let metadata: [String: String]?
    }
  }
}
