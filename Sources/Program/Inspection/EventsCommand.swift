import ArgumentParser
import EventBus
import Identifiers
import Inspection

/// `ticketing events`
struct EventsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "events", abstract: "Look at the events between the services, and at those that were given up.",
    subcommands: [
      EventsTailCommand.self, EventsShowCommand.self, EventsGroupsCommand.self, EventsDeadCommand.self,
      EventsRetryCommand.self, EventsDiscardCommand.self, EventsReplayCommand.self,
    ])
}

/// A subject as an argument: `order:created`.
extension Subject: ExpressibleByArgument {}

/// `ticketing events tail`
struct EventsTailCommand: InspectionCommand {
  static let configuration = CommandConfiguration(
    commandName: "tail", abstract: "Show events as they come, one a line, with the names of their fields.",
    discussion: """
      Examples:
        ticketing events tail
        ticketing events tail order:created order:cancelled --json
        ticketing events tail --from 0 --no-follow
      """)

  @OptionGroup var options: InspectionOptions

  @Argument(help: "Subjects such as order:created; all where none is named.")
  var subjects: [Subject] = []

  @Option(help: "Begin after this entry of the streams; 0: from the beginning. Default: what comes from now on.")
  var from: String?

  @Flag(inversion: .prefixedNo, help: "Go on until Ctrl-C, or stop at the end.")
  var follow = true

  func validate() throws { try from.map(EntryArgument.validate) }

  func look(into stores: Stores) async throws {
    try await EventTail(stores, subjects: subjects).run(from: from, follows: follow) { event in
      options.show(event.json, event.line)
    }
  }
}

/// `ticketing events show`
struct EventsShowCommand: InspectionCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one event, by its id or by that of its entry in the stream.",
    discussion: """
      Exit status 1: there is no such event (any more).
      Examples:
        ticketing events show 01M85CVEXJDJB6DQ6XZ8061FWQ
        ticketing events show 1795477584819-0
      """)

  @OptionGroup var options: InspectionOptions

  @Argument(help: "The event's id, or the entry's: <milliseconds>-<number>.")
  var id: String

  func validate() throws { if ULID(id) == nil { try EntryArgument.validate(id) } }

  func look(into stores: Stores) async throws {
    let events = try await EventSearch(stores).events(withID: id)
    for event in events { options.show(event.json, event.line) }
    if events.isEmpty {
      note("there is no event \(id)")
      throw unsuccessful
    }
  }
}

/// `ticketing events groups`
struct EventsGroupsCommand: InspectionCommand {
  static let configuration = CommandConfiguration(
    commandName: "groups", abstract: "Show how far each service has come with the events of the others.",
    discussion: """
      PENDING was delivered and is not applied yet, LAG is not delivered yet. LAG is counted in the stream (to 10000): \
      what Redis 7.0 tells is wrong after a trim.
      Example: ticketing events groups
      """)

  @OptionGroup var options: InspectionOptions

  func look(into stores: Stores) async throws {
    let reports = try await GroupReport.all(stores)
    if options.json {
      for report in reports { printLine(report.json) }
    } else {
      printLine(GroupReport.table(reports, options.style))
    }
  }
}

/// An entry's id as Redis takes it: `<milliseconds>` or `<milliseconds>-<number>`.
enum EntryArgument {
  static func validate(_ text: String) throws {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy({ UInt64($0) != nil }) else {
      throw ValidationError("'\(text.printable(limit: 40))' is no entry's id: it must be <milliseconds>-<number>")
    }
  }
}
