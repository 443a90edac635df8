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

  package init(
    _ subject: Subject, key: String, version: Int64, at: UnixTime, trace: String, message: some RPCMessage
  ) throws {
    header = EventHeader(subject: subject, id: ULID().description, key: key, version: version, at: at, trace: trace)
    var data = ByteBuffer()
    try message.encode(into: &data)
    self.data = data
  }
}

extension Commit {
  /// Publishes an event as a part of this commit: both happen, or neither.
  package mutating func publish(_ event: Event) {
    append(
      to: event.header.subject.stream, fields: event.fields)
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
