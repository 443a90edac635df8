import EventBus
import Redis

/// A dead letter and where it lies.
package struct DeadLetterReport: Sendable {
  package let stream: DeadLetterStream
  package let letter: DeadLetter

  package var event: RecordedEvent { RecordedEvent(letter.entry, subject: stream.subject) }

  private static let page = 200

  /// The dead letters of every group that there should be.
  package static func streams(_ stores: Stores) throws -> [DeadLetterStream] {
    try Subject.allCases.flatMap { subject in
      try subject.subscribers.map { DeadLetterStream(subject, of: $0, redis: try stores(subject.publisher)) }
    }
  }

  /// All of them, stream by stream, the oldest first.
  package static func forEach(_ stores: Stores, _ body: (DeadLetterReport) async throws -> Void) async throws {
    for stream in try streams(stores) {
      var start = "-"
      while true {
        let letters = try await stream.letters(from: start, count: page)
        for letter in letters { try await body(DeadLetterReport(stream: stream, letter: letter)) }
        guard letters.count == page, let last = letters.last else { break }
        start = "(\(last.id)"
      }
    }
  }

  /// Those with this id; an id is unique in its stream only.
  package static func find(_ id: String, _ stores: Stores) async throws -> [DeadLetterReport] {
    var found: [DeadLetterReport] = []
    for stream in try streams(stores) {
      if let letter = try await stream.letter(id) { found.append(DeadLetterReport(stream: stream, letter: letter)) }
    }
    return found
  }

  package func line(_ style: Style) -> String {
    """
    \(style(.bold, letter.id)) \(style(.cyan, stream.subject.rawValue)) \(stream.group.group) \
    \(style(.red, letter.reason.printable()))
        \(letter.deliveries.map { "\($0)" } ?? "?") deliveries, source \(letter.source.printable()), \
    key \(event.key.printable()), version \(event.version.map { "\($0)" } ?? "?"): \(event.details)
    """
  }

  package var json: JSON {
    .object([
      "letter": .string(letter.id), "subject": .string(stream.subject.rawValue), "group": .string(stream.group.group),
      "reason": .string(letter.reason), "source": .string(letter.source),
      "deliveries": letter.deliveries.map { .integer($0) } ?? .null, "event": event.json,
    ])
  }
}
