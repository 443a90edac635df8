import Identifiers
import RPC
import Redis

/// One entry of a stream, read as an event.
struct Delivery: Sendable {
  let header: EventHeader
  /// The message, encoded.
  let data: RedisBytes

  /// Bytes of an id, a key or a trace; ours are at most 55.
  private static let longestText = 512
  /// What a double counts exactly, and so Lua and JSON: no version or time comes near, and nobody's sum overflows.
  private static let largestNumber: Int64 = 1 << 53

  /// Throws `MalformedEvent` for what `Commit.publish` does not write.
  init(_ fields: RedisFields, subject: Subject) throws(MalformedEvent) {
    func field(_ name: String) throws(MalformedEvent) -> RedisBytes {
      guard let value = fields[name] else { throw MalformedEvent("there is no field \(name)") }
      return value
    }
    func text(_ name: String) throws(MalformedEvent) -> String {
      let bytes = try field(name)
      guard bytes.count <= Self.longestText else { throw MalformedEvent("\(name) is \(bytes.count) bytes long") }
      guard let text = bytes.string else { throw MalformedEvent("\(name) is not UTF-8") }
      return text
    }
    func number(_ name: String) throws(MalformedEvent) -> Int64 {
      guard let number = try field(name).int64 else { throw MalformedEvent("\(name) is not a number") }
      guard (0...Self.largestNumber).contains(number) else { throw MalformedEvent("\(name) is \(number)") }
      return number
    }
    header = EventHeader(
      subject: subject, id: try text("id"), key: try text("key"), version: try number("version"),
      at: UnixTime(milliseconds: try number("at")), trace: try text("trace"))
    data = try field("data")
  }

  /// As it comes of an event that was published.
  init(of event: Event) { self.init(header: event.header, data: RedisBytes(event.data.readableBytesView)) }

  private init(header: EventHeader, data: RedisBytes) {
    self.header = header
    self.data = data
  }

  /// The same with bytes of its own: as it was read it keeps all entries of the same reply in memory.
  func detached() -> Delivery { Delivery(header: header, data: RedisBytes(data)) }

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
