import Identifiers
import RPC

/// A message that is published. It carries the full state of what it is about, or the one fact that is final, and says
/// itself of which aggregate and version, so that a reader can hold the entry's plain fields against it.
package protocol EventMessage: RPCMessage {
  static var subject: Subject { get }
  /// The entry's `key`.
  var aggregateKey: String { get }
  /// The entry's `version`.
  var aggregateVersion: Int64 { get }
  /// Keys of Redis are made of these.
  var ids: [String] { get }
  /// What makes it impossible to apply, whatever the ids; nil: nothing.
  var fault: String? { get }
}

extension EventMessage {
  package var fault: String? { nil }

  /// Throws `MalformedEvent` where the message is not that of which the header tells, or cannot be applied by anybody.
  func check(against header: EventHeader) throws(MalformedEvent) {
    guard header.key == aggregateKey, header.version == aggregateVersion else {
      throw MalformedEvent("key and version are not those of the message")
    }
    // Only as ids are written: another spelling of one would be another key.
    guard ids.allSatisfy({ ULID($0)?.description == $0 }) else { throw MalformedEvent("an id is malformed") }
    if let fault { throw MalformedEvent(fault) }
  }
}
