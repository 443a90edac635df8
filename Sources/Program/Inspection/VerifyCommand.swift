import ArgumentParser
import Inspection
import ServiceHost

/// `ticketing verify`
struct VerifyCommand: InspectionCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Prove that the platform keeps its promises, by all that it has stored.",
    discussion: """
      One live order per ticket, an event for every change, copies that equal what they are copies of, charges for \
      complete orders only, timers, and services that keep up. Only reads; may run beside a busy platform: what looks \
      wrong is looked at again until it is right, or --settle is over. Ctrl-C stops it. Reads EVENT_RETENTION_SECONDS \
      as the services do: older events may be gone.

      Exit status 0: all is well; 1: it is not, and what is wrong was told.
      Examples:
        ticketing verify
        REDIS_URL=redis://10.0.0.5 ticketing verify --json
      """)

  @OptionGroup var options: InspectionOptions

  @Option(help: "Seconds for which something may look wrong before it is told.")
  var settle = 10

  @Option(help: "Seconds by which what is due may be late.")
  var grace = 60

  func validate() throws {
    guard (0...3600).contains(settle), (0...86_400).contains(grace) else {
      throw ValidationError("--settle must be from 0 to 3600, --grace from 0 to 86400")
    }
  }

  func look(into stores: Stores) async throws {
    var settings = VerificationSettings()
    settings.settle = .seconds(settle)
    settings.grace = .seconds(grace)
    settings.retention = try Environment().eventRetention()
    let progress = Progress()
    var findings = 0
    let counts = try await Verification(stores, settings: settings).run { count in
      progress.show("\(count.title) \(count.count)")
    } tell: { finding in
      progress.clear()
      findings += 1
      options.show(finding.json, finding.text)
    }
    progress.clear()
    guard findings == 0 else {
      note(findings == 1 ? "1 finding" : "\(findings) findings")
      throw unsuccessful
    }
    guard !options.json else { return }
    let looked = counts.map { "\($0.title) \($0.count)" }.joined(separator: ", ")
    printLine("\(options.style(.green, "healthy")): \(looked)")
  }
}
