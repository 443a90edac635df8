import ArgumentParser
import EventBus
import Inspection

/// `ticketing events dead`
struct EventsDeadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dead", abstract: "Show the events that a service has given up on, and why.",
    discussion: """
      Exit status 1: there are some.
      Example: ticketing events dead
      """)

  @OptionGroup var options: InspectionOptions

  func run() async throws {
    try await options.withStores { [options] stores in
      var isEmpty = true
      try await DeadLetterReport.forEach(stores) { report in
        isEmpty = false
        options.json ? show(report.json) : show(report.line(options.style))
      }
      guard isEmpty else { throw unsuccessful }
      if !options.json { show("no dead letters") }
    }
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
struct EventsRetryCommand: AsyncParsableCommand {
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

  func run() async throws {
    try await options.withStores { [options, selection] stores in
      if let id = selection.id {
        try await Self.retry(try await selection.find(id, stores), options)
        return
      }
      var count = 0
      // Those that fail anew meanwhile come to the end of the streams: one round, not an endless one.
      var reports: [DeadLetterReport] = []
      try await DeadLetterReport.forEach(stores) { reports.append($0) }
      for report in reports {
        try await Self.retry(report, options)
        count += 1
      }
      if !options.json { show("\(count) retried") }
    }
  }

  private static func retry(_ report: DeadLetterReport, _ options: InspectionOptions) async throws {
    let name = "\(report.letter.id) (\(report.stream.subject.rawValue), \(report.stream.group.group))"
    let outcome = try await report.stream.retry(report.letter.id)
    let sentence =
      switch outcome {
      case .pendingAgain: "is pending again in its group"
      case .publishedAgain: "had been trimmed: a copy was published"
      case .noSuchLetter: "is no dead letter any more"
      case .noGroup: "stays: the group does not exist, start its service first"
      }
    if options.json {
      show(JSON.object(["letter": .string(report.letter.id), "outcome": .string("\(outcome)")]))
    } else {
      show("\(name) \(sentence)")
    }
    if outcome == .noGroup { throw unsuccessful }
  }
}

/// `ticketing events discard`
struct EventsDiscardCommand: AsyncParsableCommand {
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

  func run() async throws {
    try await options.withStores { [options, selection] stores in
      let report = try await selection.find(selection.id ?? "", stores)
      guard try await report.stream.discard(report.letter.id) else { throw unsuccessful }
      options.json ? show(report.json) : show("removed: \(report.line(options.style))")
    }
  }
}
