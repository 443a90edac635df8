import Redis
import Testing

@testable import EventBus

@Suite struct DeliveryHistoryTests {
  private var settings: SubscriberSettings {
    var settings = SubscriberSettings(consumer: "c")
    settings.maximumDeliveries = 3
    settings.firstBackoff = .seconds(1)
    settings.longestBackoff = .seconds(4)
    return settings
  }

  private func verdict(
    _ history: inout DeliveryHistory, _ outcome: DeliveryOutcome, jitter: Double = 1
  ) -> DeliveryHistory.Verdict {
    history.verdict(on: outcome, settings: settings, jitter: jitter)
  }

  @Test func `an event that fails is tried with growing pauses, then given up`() {
    var history = DeliveryHistory()
    #expect(verdict(&history, .failed("a")) == .retry(after: .seconds(1)))
    #expect(verdict(&history, .failed("b"), jitter: 0.5) == .retry(after: .seconds(1)))
    #expect(verdict(&history, .failed("c")) == .deadLetter("c"))
    #expect(history.failures == 3)
  }

  @Test func `an event whose store is away is tried for as long as that lasts`() {
    var history = DeliveryHistory()
    var pauses: [DeliveryHistory.Verdict] = []
    for _ in 0..<100 { pauses.append(verdict(&history, .storeAway("x"))) }
    let expected: [DeliveryHistory.Verdict] = [1, 2, 4, 4].map { .retry(after: .seconds($0)) }
    #expect(Array(pauses[..<4]) == expected)
    #expect(pauses.last == .retry(after: .seconds(4)))
    #expect(history.failures == 0)
    #expect(verdict(&history, .done) == .acknowledge)
  }

  @Test func `an event that has come too early is tried again at its time, however often`() {
    var history = DeliveryHistory()
    for _ in 0..<100 { #expect(verdict(&history, .later(.seconds(3)), jitter: 0.5) == .retry(after: .seconds(3))) }
    #expect(history.failures == 0)
  }

  @Test func `an event that can never be applied is given up at once`() {
    var history = DeliveryHistory()
    #expect(verdict(&history, .malformed("why")) == .deadLetter("why"))
  }

  @Test func `deliveries that never came to an end count as failures`() {
    var history = DeliveryHistory(deliveries: 3)
    #expect(history.failures == 2)
    #expect(verdict(&history, .failed("a")) == .deadLetter("a"))
    #expect(DeliveryHistory(deliveries: 0).failures == 0)
  }

  @Test func `trials are kept beside the failures, and count until one comes to an end`() {
    var history = DeliveryHistory(deliveries: 3)
    #expect(!history.isSuspect(settings))
    #expect(history.kept == 2)
    history = DeliveryHistory(deliveries: history.kept + 2)
    #expect(history.failures == 3)
    #expect(history.isSuspect(settings))
    for trial in 1...3 {
      history.beginTrial()
      // The server counts one more when it gives it to the next process.
      history = DeliveryHistory(deliveries: history.kept + 1)
      #expect(history.trials == trial)
      #expect(history.failures == 3)
      #expect(history.isSuspect(settings))
    }
    history.abandonTrial()
    #expect(history.trials == 2)
    _ = verdict(&history, .storeAway("x"))
    #expect(history.trials == 0)
    #expect(history.kept == 3)
    #expect(!history.isSuspect(settings))
  }

  @Test func `no number of deliveries is too large`() {
    for deliveries in [-5, 0, 1, 999, 1000, 1001, .max] {
      let history = DeliveryHistory(deliveries: deliveries)
      #expect(history.failures >= 0 && history.trials >= 0)
    }
    #expect(DeliveryHistory(deliveries: 999).kept < 1000)
  }
}
