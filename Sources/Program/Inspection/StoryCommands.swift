import ArgumentParser
import Identifiers
import Inspection

/// `ticketing order`
struct OrderStoryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "order", abstract: "Tell the story of an order: its events, its payments, how it stands everywhere.",
    discussion: """
      Exit status 1: nobody knows the order.
      Example: ticketing order 01M85HBNA6GP3XPYP0XAFJKQHY
      """)

  @OptionGroup var options: InspectionOptions
  @OptionGroup var search: SearchOptions

  @Argument(help: "The order's id.")
  var id: ULID

  func run() async throws {
    try await search.tell("order \(id)", options) { try await Story.order(id, $0) }
  }
}

/// `ticketing ticket`
struct TicketStoryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ticket", abstract: "Tell the story of a ticket: its events, its orders, how it stands everywhere.",
    discussion: """
      Exit status 1: nobody knows the ticket.
      Example: ticketing ticket 01M85HBN0MQY5G2DBJV1AATWXE
      """)

  @OptionGroup var options: InspectionOptions
  @OptionGroup var search: SearchOptions

  @Argument(help: "The ticket's id.")
  var id: ULID

  func run() async throws {
    try await search.tell("ticket \(id)", options) { try await Story.ticket(id, $0) }
  }
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
    _ name: String, _ options: InspectionOptions, _ find: @escaping @Sendable (EventSearch) async throws -> Story
  ) async throws {
    try await options.withStores { [limit] stores in
      let progress = Progress()
      let story = try await find(EventSearch(stores, limit: limit) { progress.show("looked at \($0) events") })
      progress.clear()
      guard !story.isEmpty else {
        note("nobody knows \(name)")
        throw unsuccessful
      }
      options.json ? show(story.json) : show(story.text(options.style))
    }
  }
}
