/// How patient a subscriber is.
package struct SubscriberSettings: Sendable {
  /// Names this process in its consumer groups. Two processes must not share a name; one that comes back under its old
  /// name goes on at once with what it had not finished.
  package var consumer: String
  /// Entries that a consumer holds for longer than this without a sign of life are taken over (`CLAIM_IDLE_MS`).
  package var claimIdle: Duration = .seconds(15)
  /// Entries read at once.
  package var batch = 64
  /// How long a read waits for entries.
  package var block: Duration = .seconds(2)
  /// How often an event may fail before it goes to the dead letters, times in which the store was away not counted.
  package var maximumDeliveries = 5
  /// Entries of one publisher that wait in memory for another attempt. Those beyond are given back to the server, which
  /// keeps them as this consumer's, and are taken up again when they have been left alone for `claimIdle`.
  package var maximumWaiting = 1024
  /// Between two reads while what events are applied to is away.
  package var outagePause: Duration = .seconds(1)
  /// Between two attempts; doubles from the first to the longest.
  package var firstBackoff: Duration = .milliseconds(50)
  package var longestBackoff: Duration = .seconds(5)

  package init(consumer: String) {
    self.consumer = consumer
  }
}
