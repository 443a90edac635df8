import Redis

/// What a look at what is stored has come to.
package indirect enum Decision<Outcome: Sendable>: Sendable {
  /// Nothing is to be written.
  case settled(Outcome)
  /// To be written where all is still as it was when it was read, which the commit's guards say. `refused`: what it
  /// comes to where the guard of this index does not hold; by itself that somebody came first.
  case write(Commit, Outcome, refused: @Sendable (_ guard: Int) throws -> Decision = { _ in .again })
  /// Somebody came first.
  case again
}

/// The fourth verb: load, decide, commit; and again where somebody came first.
extension RedisClient {
  /// Each round that is lost, another has won; so who loses as often as this finds a record that never rests.
  private static let rounds = 10

  /// `look` loads and decides. It may be called several times: it calls nobody but the store. Throws `Contended`.
  package func decide<Outcome>(_ look: () async throws -> Decision<Outcome>) async throws -> Outcome {
    for _ in 0..<Self.rounds {
      var decision = try await look()
      round: while true {
        switch decision {
        case .settled(let outcome): return outcome
        case .again: break round
        case .write(let commit, let outcome, let refused):
          guard case .refused(let index, _) = try await self.commit(commit) else { return outcome }
          decision = try refused(index)
        }
      }
    }
    throw Contended()
  }
}
