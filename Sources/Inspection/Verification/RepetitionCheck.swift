import EventBus
import Identifiers
import Redis

/// What happened was published once: no stream has an event's id twice, or a version of something twice.
struct RepetitionCheck: Check {
  let stores: Stores
  let title = "events"

  /// Entries of a stream whose marks are remembered at a time. A longer stream is gone through more than once, for a
  /// part of them each time.
  private static let remembered = 250_000

  /// What no two events of a subject have in common.
  private enum Mark: Sendable, Hashable {
    case id(String)
    case version(Int64, of: String)

    init?(_ line: Substring) {
      let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
      if words.count == 2, words[0] == "id" {
        self = .id(words[1])
      } else if words.count == 3, words[0] == "version", let version = Int64(words[1]) {
        self = .version(version, of: words[2])
      } else {
        return nil
      }
    }

    var line: String {
      switch self {
      case .id(let id): "id \(id)"
      case .version(let version, let key): "version \(version) \(key)"
      }
    }

    static func all(of event: RecordedEvent) -> [Mark] {
      var marks: [Mark] = event.id.isEmpty ? [] : [.id(event.id)]
      if let version = event.version, !event.key.isEmpty { marks.append(.version(version, of: event.key)) }
      return marks
    }

    /// Before which moment it cannot have been made, in Unix milliseconds.
    var start: UInt64 {
      let made: ULID? =
        switch self {
        case .id(let id): ULID(id)
        case .version(_, let key): ULID(key.prefix { $0 != ":" })
        }
      return UInt64(max(0, (made?.milliseconds ?? 0) - EventSearch.clockDifference))
    }
  }

  func walk(_ visit: ([String], Int) async throws -> Void) async throws {
    for subject in Subject.allCases {
      let parts = try await stores(subject.publisher).xlen(subject.stream) / Self.remembered + 1
      for part in 0..<parts {
        // Their hashes: a suspect for which they are not enough is cleared when it is examined.
        var seen: Set<Int> = []
        try await stores.walk(subject.publisher, entries: subject.stream) { entries in
          var suspects: [String] = []
          for mark in entries.flatMap({ Mark.all(of: RecordedEvent($0, subject: subject)) }) {
            let hash = mark.hashValue
            guard Int(UInt(bitPattern: hash) % UInt(parts)) == part, !seen.insert(hash).inserted else { continue }
            suspects.append("\(subject.rawValue)\n\(mark.line)")
          }
          try await visit(suspects, part == 0 ? entries.count : 0)
        }
      }
    }
  }

  /// `ids` are a subject and what two of its events have in common, a line each.
  func examine(_ ids: [String]) async throws -> [Suspicion] {
    var suspicions: [Suspicion] = []
    for id in ids {
      let lines = id.split(separator: "\n", maxSplits: 1)
      guard lines.count == 2, let subject = Subject(rawValue: String(lines[0])), let mark = Mark(lines[1]) else {
        continue
      }
      suspicions += try await examine(id, subject, mark).map { [$0] } ?? []
    }
    return suspicions
  }

  private func examine(_ id: String, _ subject: Subject, _ mark: Mark) async throws -> Suspicion? {
    var entries: [String] = []
    try await stores.walk(subject.publisher, entries: subject.stream, from: "\(mark.start)") { page in
      for event in page.map({ RecordedEvent($0, subject: subject) }) where Mark.all(of: event).contains(mark) {
        entries.append(event.entryID)
      }
    }
    guard entries.count > 1, let last = entries.last else { return nil }
    return stores.suspicion(
      .eventPublishedTwice, id, "\(subject.rawValue) \(mark.line)", expected: "one entry of \(subject.stream) has it",
      found: entries.count == 2
        ? "\(entries[0]) and \(last) have" : "\(entries.count) have, from \(entries[0]) to \(last)",
      at: subject.publisher, look: ["XRANGE", subject.stream.name, last, last])
  }
}
