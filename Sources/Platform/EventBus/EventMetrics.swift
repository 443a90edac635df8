import Identifiers
import Redis
import Telemetry

/// What a consumer group does with the events that it hears, by subject.
struct EventMetrics: Sendable {
  struct SubjectLabels: MetricLabels {
    static let names = ["group", "subject"]
    let group: String
    let subject: Subject
    var values: [String] { [group, subject.rawValue] }
  }

  struct OutcomeLabels: MetricLabels {
    static let names = SubjectLabels.names + ["outcome"]
    let of: SubjectLabels
    let outcome: String
    var values: [String] { of.values + [outcome] }
  }

  private let group: String
  let attempts = Counter<OutcomeLabels>(
    "ticketing_event_attempts_total", help: "Attempts to apply an event, by what came of them.")
  let latency = Histogram<SubjectLabels>(
    "ticketing_event_apply_latency_seconds", help: "From the publishing of an event until the group has applied it.",
    bounds: .delivery)

  init(_ participant: Participant) {
    group = participant.group
  }

  func record(_ outcome: String, of subject: Subject) {
    attempts.add(1, OutcomeLabels(of: labels(subject), outcome: outcome))
  }

  /// By the clocks of two machines, perhaps; what they differ by is in it.
  func recordLatency(of header: EventHeader) {
    let (passed, overflow) = UnixTime.now().milliseconds.subtractingReportingOverflow(header.at.milliseconds)
    latency.record(.milliseconds(overflow ? 0 : max(0, passed)), labels(header.subject))
  }

  private func labels(_ subject: Subject) -> SubjectLabels { SubjectLabels(group: group, subject: subject) }
}

extension Subscriber: Instrumented {
  package var metrics: [any MetricSource] {
    [events.attempts, events.latency, SampledMetrics { try await backlogs() }]
  }

  /// nil: what is stored there is no stream with groups, and nothing that the other streams should be hidden by. The
  /// listener says so, each time that it fails to read.
  private func backlog(of subject: Subject, _ redis: RedisClient) async throws -> GroupBacklog? {
    do {
      return try await GroupBacklog(of: participant, in: subject, redis)
    } catch let error as RedisError where !error.isOutage {
      return nil
    }
  }

  private func backlogs() async throws -> [MetricFamily] {
    var pending: [MetricFamily.Sample] = []
    var lags: [MetricFamily.Sample] = []
    var deadLetters: [MetricFamily.Sample] = []
    for subject in listeners.map(\.subject) {
      guard let redis = sources[subject.publisher] else { continue }
      let labels = EventMetrics.SubjectLabels(group: participant.group, subject: subject).pairs
      guard let backlog = try await backlog(of: subject, redis) else { continue }
      pending.append(.init(Double(backlog.pending), labels))
      if let lag = backlog.lag { lags.append(.init(Double(lag), labels)) }
      deadLetters.append(.init(Double(backlog.deadLetters), labels))
    }
    return [
      MetricFamily(
        "ticketing_events_pending", help: "Events delivered to the group that it has not acknowledged.", .gauge, pending
      ),
      MetricFamily(
        "ticketing_events_lag", help: "Events in the stream that the group has not been given yet.", .gauge, lags),
      MetricFamily(
        "ticketing_events_dead_letters", help: "Events that the group has given up on.", .gauge, deadLetters),
    ]
  }
}
