import NIOCore

extension RedisClient {
  /// Runs a commit. Where the reply is lost and the commit has an `operation`, it is sent again until the deadline: the
  /// outcome is then `applied` or `repeated`, whichever attempt did it. Without one, an error with `mayHaveRun` is
  /// thrown, and only the caller can find out.
  package func commit(_ commit: Commit, timeout: Duration? = nil) async throws -> CommitOutcome {
    let script = try commitScripts.script(for: commit)
    let deadline = ContinuousClock.now + (timeout ?? configuration.commandTimeout)
    var backoff = Backoff(first: .milliseconds(20), limit: .milliseconds(500))
    /// Set once an attempt may have run: from then on nobody may be told that it surely has not.
    var unknown: RedisError?
    while true {
      let remaining = deadline - .now
      do {
        // Half of what is left, so that a reply that never comes leaves time to ask again on another connection.
        let patience = commit.isRepeatable && remaining > .milliseconds(200) ? remaining / 2 : remaining
        let outcome = try CommitOutcome(
          await run(script, keys: commit.keys, arguments: commit.arguments, timeout: patience))
        measurements.committed(outcome)
        return outcome
      } catch let error as RedisError {
        if error.isUnknownOutcome { unknown = error }
        guard commit.isRepeatable, let unknown, error.isUnknownOutcome || !error.mayHaveRun else { throw error }
        let wait = backoff.next()
        guard .now + wait < deadline else { throw unknown }
        try await Task.sleep(for: wait)
      }
    }
  }
}

extension RedisError {
  /// The command was sent, and nothing is known of what became of it.
  package var isUnknownOutcome: Bool {
    mayHaveRun && [.timedOut, .connectionLost, .protocolViolation].contains(kind)
  }
}
