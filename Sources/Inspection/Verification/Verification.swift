import Redis

/// Whether the platform keeps its promises, by all that it has stored. Only reads; pages through everything, so that
/// its memory does not grow with what there is.
package struct Verification: Sendable {
  private let checks: [any Check]
  private let settings: VerificationSettings

  /// Suspicions beyond which it waits for them to settle before it looks further.
  private static let suspicionsHeld = 5_000
  private static let page = 100

  package init(_ stores: Stores, settings: VerificationSettings = VerificationSettings()) {
    self.settings = settings
    checks = [
      OrderCheck(stores: stores, settings: settings), LivePointerCheck(stores: stores),
      TimerCheck(stores: stores, settings: settings), TicketCheck(stores: stores),
      ListCheck(stores: stores, list: .orders), ListCheck(stores: stores, list: .tickets),
      AttemptCheck(stores: stores, settings: settings), IntentCheck(stores: stores), PaymentCheck(stores: stores),
      LedgerCheck(stores: stores),
      VersionCheck(entity: .ticket, stores: stores, settings: settings),
      VersionCheck(entity: .order, stores: stores, settings: settings),
      VersionCheck(entity: .payment, stores: stores, settings: settings), RepetitionCheck(stores: stores),
      GroupCheck(stores: stores, settings: settings),
    ]
  }

  /// What was looked at by a check.
  package struct Count: Sendable, Hashable {
    package let title: String
    package let count: Int
  }

  private typealias Suspects = [(check: any Check, ids: Set<String>)]

  /// Gives `tell` each finding once it is certain, and `progress` how far it has come. Returns what was looked at.
  package func run(
    progress: (Count) -> Void = { _ in }, tell: (Finding) -> Void
  ) async throws -> [Count] {
    var counts: [Count] = []
    var suspects: Suspects = []
    for check in checks {
      var count = 0
      var suspected: Set<String> = []
      do {
        try await check.walk { ids, looked in
          count += looked
          progress(Count(title: check.title, count: count))
          for page in ids.pages(of: Self.page) {
            suspected.formUnion(try await check.examine(page).map(\.id))
          }
          guard suspected.count >= Self.suspicionsHeld else { return }
          try await settle([(check, suspected)], progress, tell)
          suspected = []
        }
      } catch let unreadable as UnreadableKey {
        // One key is in the way of one check, and of no other.
        tell(unreadable.finding(hiding: check.title))
      }
      if !suspected.isEmpty { suspects.append((check, suspected)) }
      counts.append(Count(title: check.title, count: count))
    }
    // All at once: together they wait no longer than one.
    try await settle(suspects, progress, tell)
    return counts
  }

  /// Examines again and again what was suspected, and tells what is still so at the end.
  private func settle(_ suspects: Suspects, _ progress: (Count) -> Void, _ tell: (Finding) -> Void) async throws {
    var suspects = suspects
    let deadline = ContinuousClock.now + settings.settle
    while !suspects.isEmpty {
      let isLast = ContinuousClock.now >= deadline
      progress(Count(title: "to be looked at again", count: suspects.reduce(0) { $0 + $1.ids.count }))
      var remaining: Suspects = []
      for (check, ids) in suspects {
        var still: Set<String> = []
        for page in ids.sorted().pages(of: Self.page) {
          let suspicions = try await check.examine(page)
          still.formUnion(suspicions.map(\.id))
          if isLast { for suspicion in suspicions { tell(suspicion.finding) } }
        }
        if !still.isEmpty { remaining.append((check, still)) }
      }
      if isLast { return }
      suspects = remaining
      if !suspects.isEmpty { try await Task.sleep(for: min(.milliseconds(250), settings.settle)) }
    }
  }
}
