import ArgumentParser
import Identifiers
import Inspection

/// `ticketing order`
struct OrderStoryCommand: InspectionCommand {
  static let configuration = storyConfiguration(
    "order", "Tell the story of an order: its events, its payments, how it stands everywhere.",
    example: "01M85HBNA6GP3XPYP0XAFJKQHY")

  @OptionGroup var options: InspectionOptions
  @OptionGroup var search: SearchOptions

  @Argument(help: "The order's id.")
  var id: ULID

  func look(into stores: Stores) async throws {
    try await search.tell("order \(id)", options, stores) { try await Story.order(id, $0) }
  }
}

/// `ticketing ticket`
struct TicketStoryCommand: InspectionCommand {
  static let configuration = storyConfiguration(
    "ticket", "Tell the story of a ticket: its events, its orders, how it stands everywhere.",
    example: "01M85HBN0MQY5G2DBJV1AATWXE")

  @OptionGroup var options: InspectionOptions
  @OptionGroup var search: SearchOptions

  @Argument(help: "The ticket's id.")
  var id: ULID

  func look(into stores: Stores) async throws {
    try await search.tell("ticket \(id)", options, stores) { try await Story.ticket(id, $0) }
  }
}

private func storyConfiguration(_ subject: String, _ abstract: String, example: String) -> CommandConfiguration {
  CommandConfiguration(
    commandName: subject, abstract: abstract,
    discussion: """
      Exit status 1: nobody knows the \(subject).
      Example: ticketing \(subject) \(example)
      """)
}

extension ULID: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

/// How far streams are searched.
struct SearchOptions: ParsableArguments {
  @Option(help: "How many entries of each stream to look through, beginning when the id was made.")
  var limit = 200_000

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit must be more than 0") }
  }

  func tell(
    _ name: String, _ options: InspectionOptions, _ stores: Stores, _ find: (EventSearch) async throws -> Story
  ) async throws {
    let progress = Progress()
    let story = try await find(EventSearch(stores, limit: limit) { progress.show("looked at \($0) events") })
    progress.clear()
    guard !story.isEmpty else {
      note("nobody knows \(name)")
      throw unsuccessful
    }
    options.show(story.json, story.text)
  }
}
