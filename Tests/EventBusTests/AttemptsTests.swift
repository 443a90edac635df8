import Redis
import Testing

@testable import EventBus

@Suite struct AttemptsTests {
  private var settings: SubscriberSettings {
    var settings = SubscriberSettings(consumer: "c")
    settings.maximumAttempts = 3
    settings.firstBackoff = .seconds(1)
    settings.longestBackoff = .seconds(4)
    return settings
  }

  private func verdict(
    _ attempts: inout Attempts, _ outcome: AttemptOutcome, jitter: Double = 1
  ) -> Attempts.Verdict {
    attempts.verdict(on: outcome, settings: settings, jitter: jitter)
  }

  @Test func `an event that fails is tried with growing pauses, then given up`() {
    var attempts = Attempts()
    #expect(verdict(&attempts, .failed("a")) == .retry(after: .seconds(1)))
    #expect(verdict(&attempts, .failed("b"), jitter: 0.5) == .retry(after: .seconds(1)))
    #expect(verdict(&attempts, .failed("c")) == .giveUp("c"))
    #expect(attempts.failures == 3)
  }

  @Test func `an event whose store is away is tried for as long as that lasts`() {
    var attempts = Attempts()
    var pauses: [Attempts.Verdict] = []
    for _ in 0..<100 { pauses.append(verdict(&attempts, .storeAway("x"))) }
    let expected: [Attempts.Verdict] = [1, 2, 4, 4].map { .retry(after: .seconds($0)) }
    #expect(Array(pauses[..<4]) == expected)
    #expect(pauses.last == .retry(after: .seconds(4)))
    #expect(attempts.failures == 0)
    #expect(verdict(&attempts, .done) == .acknowledge)
  }

  @Test func `an event that has come too early is tried again at its time, however often`() {
    var attempts = Attempts()
    for _ in 0..<100 { #expect(verdict(&attempts, .later(.seconds(3)), jitter: 0.5) == .retry(after: .seconds(3))) }
    #expect(attempts.failures == 0)
  }

  @Test func `an event that can never be applied is given up at once`() {
    var attempts = Attempts()
    #expect(verdict(&attempts, .hopeless("why")) == .giveUp("why"))
  }

  @Test func `deliveries that never came to an end count as failures`() {
    var attempts = Attempts(deliveries: 3)
    #expect(attempts.failures == 2)
    #expect(verdict(&attempts, .failed("a")) == .giveUp("a"))
    #expect(Attempts(deliveries: 0).failures == 0)
  }

  @Test func `trials are kept beside the failures, and count until one comes to an end`() {
    var attempts = Attempts(deliveries: 3)
    #expect(!attempts.isSuspect(settings))
    #expect(attempts.kept == 2)
    attempts = Attempts(deliveries: attempts.kept + 2)
    #expect(attempts.failures == 3)
    #expect(attempts.isSuspect(settings))
    for trial in 1...3 {
      attempts.beginTrial()
      // The server counts one more when it gives it to the next process.
      attempts = Attempts(deliveries: attempts.kept + 1)
      #expect(attempts.trials == trial)
      #expect(attempts.failures == 3)
      #expect(attempts.isSuspect(settings))
    }
    attempts.abandonTrial()
    #expect(attempts.trials == 2)
    _ = verdict(&attempts, .storeAway("x"))
    #expect(attempts.trials == 0)
    #expect(attempts.kept == 3)
    #expect(!attempts.isSuspect(settings))
  }

  @Test func `no number of deliveries is too large`() {
    for deliveries in [-5, 0, 1, 999, 1000, 1001, .max] {
      let attempts = Attempts(deliveries: deliveries)
      #expect(attempts.failures >= 0 && attempts.trials >= 0)
    }
    #expect(Attempts(deliveries: 999).kept < 1000)
  }
}
