import Identifiers
import RPC
import Redis

/// One entry of a stream, read as an event.
struct Delivery: Sendable {
  let header: EventHeader
  /// The message, encoded.
  let data: RedisBytes

  /// Throws `MalformedEvent` for what `Commit.publish` does not write.
  init(_ fields: RedisFields, subject: Subject) throws(MalformedEvent) {
    func field(_ name: String) throws(MalformedEvent) -> RedisBytes {
      guard let value = fields[name] else { throw MalformedEvent("there is no field \(name)") }
      return value
    }
    func text(_ name: String) throws(MalformedEvent) -> String {
      guard let text = try field(name).string else { throw MalformedEvent("\(name) is not UTF-8") }
      return text
    }
    func number(_ name: String) throws(MalformedEvent) -> Int64 {
      guard let number = try field(name).int64, number >= 0 else { throw MalformedEvent("\(name) is not a number") }
      return number
    }
    header = EventHeader(
      subject: subject, id: try text("id"), key: try text("key"), version: try number("version"),
      at: UnixTime(milliseconds: try number("at")), trace: try text("trace"))
    data = try field("data")
  }

  func message<Message: RPCMessage>() throws(MalformedEvent) -> Message {
    do {
      return try data.withUnsafeBytes { try Message(decoding: $0) }
    } catch {
      throw MalformedEvent("data is no \(Message.self): \(error)")
    }
  }
}

/// An entry that can never be applied, whatever happens later: it goes to the dead letters at once.
package struct MalformedEvent: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
