import ArgumentParser
import EventBus
import Inspection

/// `ticketing events replay`
struct EventsReplayCommand: InspectionCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Have a group be given again the events of a subject from an entry on.",
    discussion: """
      For a service that has lost its state. Whatever it has applied already it sees as a duplicate, by the versions \
      that it keeps. Without --yes it only tells what it would do. A group is never moved forward.
      Example: ticketing events replay ticket:updated --group orders-service --from 1795477584819-0 --yes
      """)

  @OptionGroup var options: InspectionOptions

  @Argument(help: "The subject, such as ticket:updated.")
  var subject: Subject

  @Option(help: "The group, such as orders-service.")
  var group: Participant

  @Option(help: "The first entry to come again; 0: all that there are.")
  var from: String

  @Flag(help: "Do it.")
  var yes = false

  func validate() throws {
    try EntryArgument.validate(from)
    guard subject.subscribers.contains(group) else {
      let groups = subject.subscribers.map(\.group).joined(separator: ", ")
      throw ValidationError("\(group.group) does not listen to \(subject.rawValue); who does: \(groups)")
    }
  }

  func look(into stores: Stores) async throws {
    let client = try stores(subject.publisher)
    guard yes else {
      note(
        """
        \(group.group) would be given all of \(subject.rawValue) from \(from) on once more, at full speed, and apply \
        what it does not know to be a duplicate. Say --yes to do it.
        """)
      throw unsuccessful
    }
    switch try await client.setBack(group.group, of: subject.stream, to: from) {
    case .done(let again): printLine("\(again.count)\(again.isCut ? "+" : "") events come again to \(group.group)")
    case .wouldSkip: throw InspectionError("\(group.group) has not come as far as \(from): it would miss events")
    case .noGroup: throw InspectionError("there is no group \(group.group) of \(subject.rawValue)")
    case .malformedID: throw ValidationError("\(from) is no entry's id")
    }
  }
}

/// A group by its name in Redis, `orders-service`, or its service's, `orders`.
extension Participant: ExpressibleByArgument {
  public init?(argument: String) {
    guard let known = Participant.allCases.first(where: { [$0.group, $0.rawValue].contains(argument) }) else {
      return nil
    }
    self = known
  }

  public static var allValueStrings: [String] { allCases.map(\.group) }
}
