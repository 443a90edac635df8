import ArgumentParser
import EventBus
import Inspection

/// `ticketing events dead`
struct EventsDeadCommand: InspectionCommand {
  static let configuration = CommandConfiguration(
    commandName: "dead", abstract: "Show the events that a service has given up on, and why.",
    discussion: """
      Exit status 1: there are some.
      Example: ticketing events dead
      """)

  @OptionGroup var options: InspectionOptions

  func look(into stores: Stores) async throws {
    var isEmpty = true
    try await DeadLetterReport.forEach(stores) { report in
      isEmpty = false
      options.show(report.json, report.line)
    }
    guard isEmpty else { throw unsuccessful }
    if !options.json { printLine("no dead letters") }
  }
}

/// Which dead letters are meant.
struct DeadLetterSelection: ParsableArguments {
  @Argument(help: "The dead letter's id, as `ticketing events dead` shows it.")
  var id: String?

  @Option(help: "Only of this subject, where the id is not unique.")
  var subject: Subject?

  @Option(help: "Only of this group, such as orders-service, where the id is not unique.")
  var group: Participant?

  func find(_ id: String, _ stores: Stores) async throws -> DeadLetterReport {
    let found = try await DeadLetterReport.find(id, stores).filter { report in
      subject.map { $0 == report.stream.subject } ?? true && group.map { $0 == report.stream.group } ?? true
    }
    guard let report = found.first else {
      note("there is no dead letter \(id)")
      throw unsuccessful
    }
    guard found.count == 1 else {
      let places = found.map { "\($0.stream.subject.rawValue) of \($0.stream.group.group)" }
      throw InspectionError(
        "\(id) is a dead letter in \(places.joined(separator: " and ")): say which with --subject and --group")
    }
    return report
  }
}

/// `ticketing events retry`
struct EventsRetryCommand: InspectionCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Give a dead letter's event to its service again.",
    discussion: """
      The event becomes pending again in the one group that gave it up; no other service hears of it. Where it has been \
      trimmed from its stream meanwhile, a copy is published, which is a duplicate for all who have applied it.
      Examples:
        ticketing events retry 1795477590000-0
        ticketing events retry --all
      """)

  @OptionGroup var options: InspectionOptions
  @OptionGroup var selection: DeadLetterSelection

  @Flag(help: "All dead letters of all groups.")
  var all = false

  func validate() throws {
    guard all != (selection.id != nil) else { throw ValidationError("name one dead letter, or --all") }
    try selection.id.map(EntryArgument.validate)
  }

  func look(into stores: Stores) async throws {
    if let id = selection.id { return try await retry(try await selection.find(id, stores)) }
    // Those that fail anew meanwhile come to the end of the streams: one round, not an endless one.
    var reports: [DeadLetterReport] = []
    try await DeadLetterReport.forEach(stores) { reports.append($0) }
    for report in reports { try await retry(report) }
    if !options.json { printLine("\(reports.count) retried") }
  }

  private func retry(_ report: DeadLetterReport) async throws {
    let name = "\(report.letter.id) (\(report.stream.subject.rawValue), \(report.stream.group.group))"
    let outcome = try await report.stream.retry(report.letter.id)
    let sentence =
      switch outcome {
      case .pendingAgain: "is pending again in its group"
      case .publishedAgain: "had been trimmed: a copy was published"
      case .noSuchLetter: "is no dead letter any more"
      case .noGroup: "stays: the group does not exist, start its service first"
      }
    options.show(JSON.object(["letter": .string(report.letter.id), "outcome": .string("\(outcome)")])) { _ in
      "\(name) \(sentence)"
    }
    if outcome == .noGroup { throw unsuccessful }
  }
}

/// `ticketing events discard`
struct EventsDiscardCommand: InspectionCommand {
  static let configuration = CommandConfiguration(
    commandName: "discard", abstract: "Remove a dead letter for good: its event is never applied.",
    discussion: """
      Shows what it removes, as JSON with --json.
      Example: ticketing events discard 1795477590000-0
      """)

  @OptionGroup var options: InspectionOptions
  @OptionGroup var selection: DeadLetterSelection

  func validate() throws {
    guard let id = selection.id else { throw ValidationError("name the dead letter") }
    try EntryArgument.validate(id)
  }

  func look(into stores: Stores) async throws {
    let report = try await selection.find(selection.id ?? "", stores)
    guard try await report.stream.discard(report.letter.id) else { throw unsuccessful }
    options.show(report.json) { "removed: \(report.line($0))" }
  }
}
