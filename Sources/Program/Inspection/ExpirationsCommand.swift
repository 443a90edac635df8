import ArgumentParser
import Inspection

/// `ticketing expirations`
struct ExpirationsCommand: InspectionCommand {
  static let configuration = CommandConfiguration(
    commandName: "expirations", abstract: "Show which order's time to pay is over when.",
    discussion: "Example: ticketing expirations --limit 5")

  @OptionGroup var options: InspectionOptions

  @Option(help: "How many of the next timers to show.")
  var limit = 50

  func validate() throws {
    guard (1...100_000).contains(limit) else { throw ValidationError("--limit must be from 1 to 100000") }
  }

  func look(into stores: Stores) async throws {
    let (timers, total) = try await Expiration.next(limit, stores)
    if options.json {
      for timer in timers { printLine(timer.json) }
    } else {
      printLine(timers.isEmpty ? "no timers" : Expiration.table(timers, options.style))
    }
    if total > timers.count { note("and \(total - timers.count) more") }
  }
}
