import Logging

/// Hands events to the listeners: a task per lane, for as long as there is something in it.
///
/// An event at which the process dies, by a bug, would be taken over and tried for ever, and its service with it. So
/// those that were in hand at several deaths are tried one at a time, with nothing else applied meanwhile, and what the
/// process dies of is noted before: who is there alone at three deaths goes to the dead letters.
struct EventApplier: Sendable {
  let listeners: [Subject: Listener]
  let inbox: Inbox
  let gate: ApplyingGate
  let deadLetters: DeadLetters
  let acknowledger: Acknowledger
  let ownership: Ownership
  let outage: StoreOutageLog
  let events: EventMetrics
  let logger: Logger

  /// Until the inbox is closed and what is being applied then is over, or until cancellation.
  func run() async {
    await withDiscardingTaskGroup { group in
      for await lane in inbox.starts {
        group.addTask { await work(inLane: lane) }
      }
    }
  }

  private func work(inLane lane: String) async {
    while let job = inbox.next(inLane: lane) {
      if let deadLetterReason = job.deadLetterReason {
        await moveToDeadLetters(job, deadLetterReason)
        continue
      }
      if job.history.trials >= DeliveryHistory.deadlyTrials {
        await conclude(
          job, .malformed("the process died \(job.history.trials) times while it applied nothing but this"))
        continue
      }
      let isSuspect = job.history.isSuspect(inbox.settings)
      let goesOn = await gate.pass(alone: isSuspect) {
        isSuspect ? await tryAlone(job) : await applyAndConclude(job) != nil
      }
      guard goesOn ?? false else { return }
    }
  }

  /// nil: the task is cancelled. A listener that was has failed for no reason of the event's.
  private func applyAndConclude(_ job: Inbox.Job) async -> DeliveryOutcome? {
    var outcome = DeliveryOutcome.done
    do {
      // Of what has been removed from the stream there is nothing to apply.
      if let delivery = try job.content?.get() {
        guard let listener = listeners[job.id.subject] else {
          throw MalformedEvent("nobody listens to \(job.id.subject)")
        }
        let start = ContinuousClock.now
        let applied = try await listener.apply(delivery)
        outcome = DeliveryOutcome(applied)
        events.record(applied.name, of: job.id.subject)
        if applied == .applied { report(job, delivery.header, within: ContinuousClock.now - start) }
      }
    } catch {
      guard !Task.isCancelled else { return nil }
      outcome = DeliveryOutcome(error)
      events.record(outcome.name, of: job.id.subject)
    }
    guard !Task.isCancelled || outcome == .done else { return nil }
    await conclude(job, outcome)
    return outcome
  }

  /// Notes the trial before it begins, and its end before another can begin. False: the task is cancelled.
  private func tryAlone(_ job: Inbox.Job) async -> Bool {
    logger.notice("an event is tried alone, because processes died that held it", metadata: job.metadata)
    do {
      guard let kept = inbox.beginTrial(job.id), try await ownership.renew(job.id, kept: kept) else {
        inbox.drop(job.id)
        return true
      }
    } catch {
      inbox.abandonTrial(job.id)
      await conclude(job, .storeAway("\(error)"))
      return true
    }
    guard let outcome = await applyAndConclude(job) else {
      inbox.abandonTrial(job.id)
      return false
    }
    if outcome == .done {
      await acknowledger.acknowledgeOnce(job.id)
    } else if let kept = inbox.kept(of: job.id) {
      _ = try? await ownership.renew(job.id, kept: kept)
    }
    return true
  }

  private func conclude(_ job: Inbox.Job, _ outcome: DeliveryOutcome) async {
    report(outcome, job)
    if case .deadLetter(let reason) = inbox.conclude(job.id, outcome) { await moveToDeadLetters(job, reason) }
  }

  /// One line an event, by which its trace can be followed from process to process.
  private func report(_ job: Inbox.Job, _ header: EventHeader, within duration: Duration) {
    events.recordLatency(of: header)
    guard logger.logLevel <= .info else { return }
    var metadata = job.metadata
    metadata["group"] = "\(deadLetters.participant.group)"
    metadata["duration_ms"] = "\(duration / .milliseconds(1))"
    logger.info("event applied", metadata: metadata)
  }

  private func moveToDeadLetters(_ job: Inbox.Job, _ reason: String) async {
    do {
      try await deadLetters.add(job.id, reason: reason, deliveries: job.history.count + 1, header: job.header)
      inbox.drop(job.id)
    } catch {
      guard !Task.isCancelled else { return }
      logger.warning(
        "an event cannot be moved to the dead letters, trying again",
        metadata: job.metadata.merging(["cause": "\(error)"]) { $1 })
      _ = inbox.conclude(job.id, .storeAway("\(error)"))
    }
  }

  private func report(_ outcome: DeliveryOutcome, _ job: Inbox.Job) {
    switch outcome {
    case .done: outage.ended()
    case .later: logger.debug("an event has come too early", metadata: job.metadata)
    case .storeAway(let cause): outage.noticed(cause)
    case .failed(let cause):
      logger.warning(
        "an event could not be applied", metadata: job.metadata.merging(["cause": "\(cause.prefix(300))"]) { $1 })
    case .malformed: break
    }
  }
}

extension Inbox.Job {
  var header: EventHeader? { try? content?.get().header }

  var metadata: Logger.Metadata {
    var metadata: Logger.Metadata = ["stream": "\(id.subject.stream)", "entry": "\(id.id)"]
    guard let header else { return metadata }
    metadata["key"] = "\(header.key)"
    metadata["version"] = "\(header.version)"
    if !header.trace.isEmpty { metadata["trace"] = "\(header.trace)" }
    return metadata
  }
}
