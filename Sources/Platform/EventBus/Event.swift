import Identifiers
import NIOCore
import RPC
import Redis

/// Something that happened, as it is published: a protobuf message and the plain fields by which a person with
/// redis-cli, and a consumer that must keep an order, can tell what it is without decoding it.
package struct Event: Sendable {
  package let header: EventHeader
  /// The message, encoded.
  package let data: ByteBuffer
}

extension Event {
  package init(_ message: some EventMessage, at: UnixTime, trace: String) throws {
    header = EventHeader(
      subject: type(of: message).subject, id: ULID().description, key: message.aggregateKey,
      version: message.aggregateVersion, at: at, trace: trace)
    var data = ByteBuffer()
    try message.encode(into: &data)
    self.data = data
  }
}

extension Commit {
  /// Publishes an event as a part of this commit: both happen, or neither.
  package mutating func publish(_ event: Event) {
    append(to: event.header.subject.stream, fields: event.fields)
  }

  package mutating func publish(_ message: some EventMessage, at: UnixTime, trace: String) throws {
    publish(try Event(message, at: at, trace: trace))
  }
}

extension Event {
  /// As they stand in the stream.
  package var fields: [(String, RedisArgument)] {
    [
      ("id", .string(header.id)), ("key", .string(header.key)), ("version", .integer(header.version)),
      ("at", .integer(header.at.milliseconds)), ("trace", .string(header.trace)), ("data", .buffer(data)),
    ]
  }
}
