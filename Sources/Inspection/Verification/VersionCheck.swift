import EventBus
import Identifiers
import Redis

/// Every version of an entity has its event, and the last one says what the record says.
struct VersionCheck: Check {
  let entity: PublishedEntity
  let stores: Stores
  let settings: VerificationSettings

  /// Entities that are followed at a time; where there are more, the streams are gone through more than once.
  private static let followed = 250_000

  var title: String { "\(entity.name)s' events" }

  private var horizon: UnixTime {
    get async throws {
      let (now, _) = try await stores(entity.participant).time()
        .subtractingReportingOverflow(settings.retention.wholeMilliseconds)
      return UnixTime(milliseconds: now)
    }
  }

  /// Visits only what is not as it must be. The records are read before the streams, so the events of all their
  /// versions are there.
  func walk(_ visit: ([String], Int) async throws -> Void) async throws {
    let horizon = try await horizon
    var tracks: [String: VersionTrack] = [:]
    try await stores.walk(entity.participant, entity.key) { ids in
      let records = try await stores(entity.participant).records(ids.map { entity.key($0) })
      for (id, record) in zip(ids, records) where record.exists {
        guard let snapshot = entity.snapshot(id, record) else {
          try await visit([id], 0)
          continue
        }
        if snapshot.updated >= horizon { tracks[id] = VersionTrack(snapshot, horizon: horizon) }
      }
      guard tracks.count >= Self.followed else { return }
      try await follow(&tracks, visit)
    }
    try await follow(&tracks, visit)
  }

  private func follow(
    _ tracks: inout [String: VersionTrack], _ visit: ([String], Int) async throws -> Void
  ) async throws {
    for subject in entity.subjects {
      try await stores.walk(subject.publisher, entries: subject.stream) { entries in
        var unknown: [String] = []
        for entry in entries {
          let event = RecordedEvent(entry, subject: subject)
          if tracks[event.key] == nil { unknown.append(event.key) }
          tracks[event.key]?.see(event, content: entity.content(event))
        }
        try await visit(try await nonexistent(unknown), entries.count)
      }
    }
    var unsound: [String] = []
    for (id, track) in tracks {
      var track = track
      track.finish()
      if !track.isSound { unsound.append(id) }
    }
    tracks = [:]
    try await visit(unsound.sorted(), 0)
  }

  private func nonexistent(_ ids: [String]) async throws -> [String] {
    guard !ids.isEmpty else { return [] }
    let replies = try await stores(entity.participant).send(ids.map { RedisCommand("EXISTS", .key(entity.key($0))) })
    return zip(ids, replies).filter { $1 == .integer(0) }.map(\.0)
  }

  func examine(_ ids: [String]) async throws -> [Suspicion] {
    var suspicions: [Suspicion] = []
    let horizon = try await horizon
    for (id, record) in zip(ids, try await stores(entity.participant).records(ids.map { entity.key($0) })) {
      suspicions += try await examine(id, record, horizon)
    }
    return suspicions
  }

  private func examine(_ id: String, _ record: Record, _ horizon: UnixTime) async throws -> [Suspicion] {
    guard record.exists else {
      return [
        suspicion(
          .eventWithoutEntity, id, expected: "\(record.key) exists", found: "there is no such key, but an event")
      ]
    }
    guard let snapshot = entity.snapshot(id, record) else {
      return [suspicion(.recordMalformed, id, expected: "a \(entity.name)", found: "something else")]
    }
    var track = VersionTrack(snapshot, horizon: horizon)
    var contents: [Int64: String] = [:]
    let start = max(0, snapshot.created.milliseconds - EventSearch.clockDifference)
    for subject in entity.subjects {
      try await stores.walk(subject.publisher, entries: subject.stream, from: "\(start)") { entries in
        for event in entries.map({ RecordedEvent($0, subject: subject) }) where event.key == id {
          track.see(event, content: entity.content(event))
          if let version = event.version { contents[version] = event.details }
        }
      }
    }
    track.finish()
    let missing = track.missing.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound) to \($0.upperBound)" }
    var suspicions: [Suspicion] = []
    if !missing.isEmpty {
      suspicions.append(
        suspicion(
          .versionGap, id, expected: "an event of each version from 0 to \(snapshot.version)",
          found: "none of version \(missing.joined(separator: ", "))",
          look: .events(track.missing.first?.lowerBound == 0 ? entity.first : snapshot.latest)))
    }
    for version in track.differing {
      suspicions.append(
        suspicion(
          .eventDiffers, id, expected: "the event of version \(version) says what \(record.key) says",
          found: "it says \(contents[version] ?? "")",
          look: .events(version == 0 ? entity.first : snapshot.latest)))
    }
    return suspicions
  }

  private enum Look {
    case record
    case events(Subject)
  }

  private func suspicion(
    _ name: Finding.Name, _ id: String, expected: String, found: String, look: Look = .record
  ) -> Suspicion {
    let command =
      switch look {
      case .record: stores.command(entity.participant, "HGETALL", entity.key(id).name)
      case .events(let subject):
        stores.command(entity.participant, "XRANGE", subject.stream.name, "-", "+")
          + " | grep -B 4 -A 2 \(id.printableWord)"
      }
    return Suspicion(
      id: id,
      finding: Finding(
        name: name, entity: "\(entity.name) \(id)", expected: expected, found: found, command: command))
  }
}
