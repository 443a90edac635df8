import EventBus

/// One part of the promises, checked on what is stored.
///
/// Services' states follow each other by events, and are not read in one moment; so on a busy platform any of this may
/// look wrong while it is on its way. `examine` is asked again for what it suspects, and only what stays is told.
protocol Check: Sendable {
  /// What is counted, for people.
  var title: String { get }

  /// Hands over what is to be examined, page by page, an id once or more often; and how much it has looked at for
  /// that, where not all of it needs to be examined.
  func walk(_ visit: (_ ids: [String], _ looked: Int) async throws -> Void) async throws

  func examine(_ ids: [String]) async throws -> [Suspicion]
}

/// A finding that may be gone in a moment.
struct Suspicion: Sendable, Hashable {
  /// What has to be examined again.
  let id: String
  let finding: Finding
}

extension Stores {
  /// `look` are the words of the command that shows it.
  func suspicion(
    _ name: Finding.Name, _ id: String, _ entity: String, expected: String, found: String,
    at participant: Participant, look: [String]
  ) -> Suspicion {
    Suspicion(
      id: id,
      finding: Finding(
        name: name, entity: entity, expected: expected, found: found, command: command(participant, look)))
  }
}

/// What is checked against, besides what is stored.
package struct VerificationSettings: Sendable {
  /// How long something may look wrong before it is told.
  package var settle: Duration = .seconds(10)
  /// Events that are older may have been trimmed (`EVENT_RETENTION_SECONDS`).
  package var retention: Duration = .seconds(7 * 24 * 60 * 60)
  /// By how much anything that is due may be late.
  package var grace: Duration = .seconds(60)

  package init() {}
}
