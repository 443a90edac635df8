import Identifiers
import NIOCore
import RPC
import Redis

/// Something that happened, as it is published: a protobuf message and the plain fields by which a person with
/// redis-cli, and a consumer that must keep an order, can tell what it is without decoding it.
package struct Event: Sendable {
  package let subject: Subject
  /// A ULID of its own.
  package let id: String
  /// The id of the aggregate that changed.
  package let key: String
  /// The aggregate's version after the change; consumers apply versions in order, each once.
  package let version: Int64
  package let at: UnixTime
  /// The W3C traceparent, or the request id, of what caused it. Empty: unknown.
  package let trace: String
  /// The message, encoded.
  package let data: ByteBuffer

  package init(
    _ subject: Subject, key: String, version: Int64, at: UnixTime, trace: String, message: some RPCMessage
  ) throws {
    self.subject = subject
    self.id = ULID().description
    self.key = key
    self.version = version
    self.at = at
    self.trace = trace
    var data = ByteBuffer()
    try message.encode(into: &data)
    self.data = data
  }
}

extension Commit {
  /// Publishes an event as a part of this commit: both happen, or neither.
  package mutating func publish(_ event: Event) {
    append(
      to: event.subject.stream,
      fields: [
        ("id", .string(event.id)), ("key", .string(event.key)), ("version", .integer(event.version)),
        ("at", .integer(event.at.milliseconds)), ("trace", .string(event.trace)), ("data", .buffer(event.data)),
      ])
  }
}
