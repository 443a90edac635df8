import EventBus
import Identifiers
import OrdersService
import PaymentsService
import Redis
import TicketsService

/// A kind of thing whose every version is published: which events those are, and what they must say.
struct PublishedEntity: Sendable {
  let name: String
  let participant: Participant
  let key: @Sendable (String) -> RedisKey
  /// Of version 0.
  let first: Subject
  /// Of the later ones.
  let later: [Subject]
  /// nil: the record is malformed.
  let snapshot: @Sendable (_ id: String, Record) -> Snapshot?
  /// What an event says of its entity, as `Snapshot.contents` has it.
  let content: @Sendable (RecordedEvent) -> String

  /// What a record says of its versions.
  struct Snapshot: Sendable {
    let version: Int64
    /// Of which its event is.
    let latest: Subject
    let created: UnixTime
    let updated: UnixTime
    /// By version, as far as the record still knows.
    let contents: [Int64: String]
  }
}

extension PublishedEntity {
  /// In the order in which an entity's events come in them.
  var subjects: [Subject] { [first] + later }

  static let ticket = PublishedEntity(
    name: "ticket", participant: .tickets, key: { TicketKeys.ticket($0) }, first: .ticketCreated,
    later: [.ticketUpdated],
    snapshot: { _, record in
      guard let version = record.number("version"), let created = record.time("createdAt"),
        let updated = record.time("updatedAt")
      else { return nil }
      return Snapshot(
        version: version, latest: version == 0 ? .ticketCreated : .ticketUpdated, created: created, updated: updated,
        contents: [version: joined(["title", "price", "userId", "orderId"].map { record[$0] })])
    },
    content: { event in joined(["title", "price_cents", "user_id", "order_id"].map(event.field)) })

  static let order = PublishedEntity(
    name: "order", participant: .orders, key: { OrderKeys.order($0) },
    first: .orderCreated, later: [.orderCancelled, .orderCompleted],
    snapshot: { _, record in
      guard let version = record.number("version"), let created = record.time("createdAt"),
        let updated = record.time("updatedAt")
      else { return nil }
      var contents: [Int64: String] = [
        0: joined(["userId", "expiresAt"].map { record[$0] })
          + "\nid=\(record["ticketId"]) title=\(record["title"].printableWord) price_cents=\(record["price"])"
          + " reservation=\(record["reservation"])"
      ]
      let isComplete = record["status"] == OrderStatus.complete.rawValue
      if version > 0 {
        // What is final of it, and what those need who hear of nothing but the end.
        contents[version] = joined(
          (["ticketId", "reason", "paymentId", "reservation"] + (isComplete ? [] : ["userId", "price"]))
            .map { record[$0] })
      }
      let last: Subject = isComplete ? .orderCompleted : .orderCancelled
      return Snapshot(
        version: version, latest: version == 0 ? .orderCreated : last, created: created, updated: updated,
        contents: contents)
    },
    content: { event in
      if event.subject == .orderCreated { return joined(["user_id", "expires_at_time", "ticket"].map(event.field)) }
      let reason = event.field("reason").replacing("CANCELLATION_REASON_", with: "").lowercased()
      let end = [
        event.field("ticket_id"), reason.replacing("_", with: "-"), event.field("payment_id"),
        event.field("reservation"),
      ]
      return joined(
        end + (event.subject == .orderCancelled ? ["user_id", "price_cents"].map(event.field) : []))
    })

  static let payment = PublishedEntity(
    name: "payment", participant: .payments, key: { PaymentKeys.payment($0) },
    first: .paymentCreated, later: [.paymentReversed],
    snapshot: { id, record in
      guard let updated = record.time("at"), let version = record.number("version") else { return nil }
      let content = joined(["orderId", "attempt", "stripeId", "amount", "reversal"].map { record[$0] })
      return Snapshot(
        version: version, latest: version == 0 ? .paymentCreated : .paymentReversed,
        created: UnixTime(milliseconds: ULID(id)?.milliseconds ?? updated.milliseconds),
        updated: updated, contents: [version: content])
    },
    content: { event in
      let reversal = event.field("reversal").replacing("PAYMENT_REVERSAL_", with: "").lowercased()
      return joined(
        ["order_id", "attempt", "stripe_id", "amount_cents"].map(event.field)
          + [reversal == "unspecified" ? "" : reversal.replacing("_", with: "-")])
    })

  private static func joined(_ fields: [String]) -> String { fields.joined(separator: "\n") }
}
