import EventBus
import EventBusTestSupport
import Identifiers
import Inspection
import Redis
import RedisTestSupport
import Synchronization
import Testing
import TicketingProto

@Suite(.serialized) struct EventTests {
  @Test func `events are seen as they come, with the names of their fields`() async throws {
    try await withInspection { stores, redis in
      try await redis.publish(.created("before"))
      let lines = Lines()
      let tail = Task {
        try await EventTail(stores, subjects: []).run(from: nil, follows: true) { lines.add($0) }
      }
      defer { tail.cancel() }
      // Those that come before it listens it is not to show.
      var count = 0
      try await eventually("it listens") {
        count += 1
        try await redis.publish(.created("order\(count)"))
        return !lines.texts.isEmpty
      }
      try await redis.publish(.cancelled("last"))
      try await eventually("it shows another subject") { lines.texts.contains { $0.contains("order:cancelled") } }
      #expect(!lines.texts.contains { $0.contains("before") })
      #expect(lines.texts.contains { $0.contains("v1 id=last ticket_id=ticket reason=CANCELLATION_REASON_BY_OWNER") })
    }
  }

  @Test func `from an entry on, those that are there, and no others`() async throws {
    try await withInspection { stores, redis in
      for number in 0..<250 { try await redis.publish(.created("\(number)")) }
      let entries = try await redis.xrange(Subject.orderCreated.stream)
      let lines = Lines()
      try await EventTail(stores, subjects: [.orderCreated]).run(from: entries[9].id, follows: false) { lines.add($0) }
      #expect(lines.events.map(\.key) == (10..<250).map { "\($0)" })
      let search = EventSearch(stores)
      #expect(try await search.events(withID: entries[3].id).map(\.key) == ["3"])
      #expect(try await search.events(withID: lines.events[0].id).map(\.key) == ["10"])
      #expect(try await search.events(withID: ULID().description).isEmpty)
    }
  }

  @Test func `what users wrote, or nobody can read, does no harm`() async throws {
    try await withInspection { stores, redis in
      let title = "\u{1b}]0;mine\u{7}\n" + String(repeating: "x", count: 1 << 20)
      try await redis.publish(
        Event(
          .ticketCreated, key: "t", version: 0, at: .now(), trace: "\u{1b}[2J",
          message: TicketsV1.TicketCreated(id: "t", title: title)))
      try await redis.xadd(Subject.ticketCreated.stream, [("data", .bytes([0xff, 0xff])), ("key", .bytes([0xff]))])
      let lines = Lines()
      try await EventTail(stores, subjects: []).run(from: "0", follows: false) { lines.add($0) }
      #expect(lines.texts.count == 2)
      #expect(lines.texts.allSatisfy { $0.count < 1_000 && $0.unicodeScalars.allSatisfy { $0.value >= 0x20 } })
      #expect(lines.texts.last?.contains("data is malformed") == true)
      #expect(lines.events.allSatisfy { !$0.json.description.contains("\u{1b}") })
    }
  }

  @Test func `lag is right after a trim past what the group had read`() async throws {
    try await withInspection { stores, redis in
      let stream = Subject.orderCreated.stream
      try await redis.xgroupCreate(stream, group: Participant.tickets.group)
      for number in 0..<20 { try await redis.publish(.created("\(number)")) }
      _ = try await redis.xreadgroup(group: Participant.tickets.group, consumer: "c", [(stream, .new)], count: 3)
      let entries = try await redis.xrange(stream)
      try await redis.xtrim(stream, minID: entries[16].id)
      let reports = try await GroupReport.all(stores)
      let report = try #require(reports.first { $0.subject == .orderCreated && $0.group == .tickets }?.state)
      #expect(report.lag.count == 4)
      #expect(report.lag.firstID == entries[16].id)
      #expect(report.pending == 3)
      #expect(report.oldestPending != nil && report.oldestUnread != nil)
      #expect(reports.contains { $0.group == .payments && $0.state == nil })
      let cut = try await redis.backlog(of: stream, after: "0-0", limit: 2)
      #expect(cut.count == 2 && cut.isCut)
    }
  }

  @Test func `a group is set back, and never forward`() async throws {
    try await withInspection { _, redis in
      let (stream, group) = (Subject.orderCreated.stream, Participant.tickets.group)
      #expect(try await redis.setBack(group, of: stream, to: "0") == .noGroup)
      try await redis.xgroupCreate(stream, group: group)
      for number in 0..<5 { try await redis.publish(.created("\(number)")) }
      let ids = try await redis.xrange(stream).map(\.id)
      #expect(try await redis.setBack(group, of: stream, to: ids[2]) == .wouldSkip)
      _ = try await redis.xreadgroup(group: group, consumer: "c", [(stream, .new)], count: 5)
      guard case .done(let again) = try await redis.setBack(group, of: stream, to: ids[3]) else {
        Issue.record("it was not set back")
        return
      }
      #expect(again.count == 2)
      let read = try await redis.xreadgroup(group: group, consumer: "c", [(stream, .new)], count: 5)
      #expect(read.flatMap(\.entries).map(\.id) == Array(ids[3...]))
      #expect(try await redis.setBack(group, of: stream, to: "x") == .malformedID)
    }
  }
}

private final class Lines: Sendable {
  private let shown = Mutex<[RecordedEvent]>([])

  func add(_ event: RecordedEvent) { shown.withLock { $0.append(event) } }
  var events: [RecordedEvent] { shown.withLock { $0 } }
  var texts: [String] { events.map { $0.line(Style(isColourful: false)) } }
}
