import EventBus
import Identifiers
import Redis
import TicketingProto

/// An entry of a subject's stream, or of its dead letters, as people read it: whatever stands in it.
package struct RecordedEvent: Sendable {
  package let subject: Subject
  /// In the stream.
  package let entryID: String
  package let id: String
  package let key: String
  package let version: Int64?
  package let trace: String
  package let message: Result<DecodedMessage, InspectionError>
  private let publishedAt: Int64?

  package init(_ entry: StreamEntry, subject: Subject) {
    self.subject = subject
    entryID = entry.id
    func text(_ name: String) -> String { entry.fields?[name]?.description ?? "" }
    id = text("id")
    key = text("key")
    trace = text("trace")
    version = entry.fields?["version"]?.int64
    publishedAt = entry.fields?["at"]?.int64
    message = Result { () throws(InspectionError) in
      guard let data = entry.fields?["data"] else { throw InspectionError("there is no data") }
      do {
        return try data.withUnsafeBytes { try DecodedMessage(decoding: $0, as: subject.message) }
      } catch {
        throw InspectionError("data is malformed: \(error)")
      }
    }
  }

  /// When it happened; where it does not say, when it was written.
  package var at: UnixTime { UnixTime(milliseconds: publishedAt ?? position) }

  private var position: Int64 { Int64(clamping: EntryID(subject: subject, id: entryID).position.milliseconds) }

  /// Whether it is about `id`, or names it anywhere.
  func mentions(_ id: String) -> Bool {
    if key == id || key.hasPrefix("\(id):") { return true }
    guard case .success(let message) = message else { return false }
    return message.mentions(id)
  }

  /// A field of the message as text; empty where it is missing.
  func field(_ name: String) -> String {
    guard case .success(let message) = message, let value = message[name] else { return "" }
    return value.plain
  }
}

extension RecordedEvent {
  /// One line: when, what, and the message with its field names.
  package func line(_ style: Style) -> String {
    let version = version.map { "v\($0)" } ?? "v?"
    let trace = trace.isEmpty ? "" : " " + style(.dim, "trace=\(trace.printable())")
    return "\(style(.dim, at.iso8601)) \(style(.cyan, subject.rawValue)) \(style(.dim, entryID)) \(version) \(details)"
      + trace
  }

  /// The message, or why it cannot be read.
  package var details: String {
    switch message {
    case .success(let message): message.line
    case .failure(let error): "(\(error.description.printable()))"
    }
  }

  package var json: JSON {
    let (data, fault): (JSON?, JSON?) =
      switch message {
      case .success(let message): (message.json, nil)
      case .failure(let error): (nil, .string(error.description))
      }
    return .object([
      "subject": .string(subject.rawValue), "entry": .string(entryID), "id": .string(id), "key": .string(key),
      "version": version.map { .integer($0) } ?? .null, "at": .string(at.iso8601), "trace": .string(trace),
      "data": data, "error": fault,
    ])
  }
}
