import PaymentsService
import Redis

/// The processor's intent is one attempt's: money that has moved once counts once.
struct IntentCheck: Check {
  let stores: Stores
  let title = "intents"

  /// Intents that are remembered at a time. Where there are more, all is gone through more than once, for a part of
  /// them each time.
  private static let remembered = 250_000

  /// Who says that an intent is theirs.
  private struct Claim: Sendable {
    enum Kind: String { case attempt, payment }

    let kind: Kind
    let id: String
    /// Empty: none.
    let intent: String
    /// Whose it is then, `<orderId>:<n>`.
    let attempt: String

    init(_ kind: Kind, _ id: String, _ record: Record) {
      self.kind = kind
      self.id = id
      intent = record["stripeId"]
      attempt = kind == .attempt ? id : "\(record["orderId"]):\(record["attempt"])"
    }

    var name: String { "\(kind.rawValue) \(id)" }

    func contradicts(_ other: Claim) -> Bool {
      !intent.isEmpty && intent == other.intent && attempt != other.attempt
    }
  }

  func walk(_ visit: ([String], Int) async throws -> Void) async throws {
    var count = 0
    try await stores.walk(.payments, PaymentKeys.attempt(text:)) { count += $0.count }
    let parts = count / Self.remembered + 1
    for part in 0..<parts {
      var first: [String: Claim] = [:]
      var suspects: [String] = []
      for kind in [Claim.Kind.attempt, .payment] {
        try await stores.walk(.payments, Self.key(kind)) { ids in
          for claim in try await claims(kind, ids) where !claim.intent.isEmpty {
            guard Int(UInt(bitPattern: claim.intent.hashValue) % UInt(parts)) == part else { continue }
            if let rival = first[claim.intent] {
              if claim.contradicts(rival) { suspects.append("\(rival.name)\n\(claim.name)") }
            } else {
              first[claim.intent] = claim
            }
          }
          try await visit([], part == 0 && kind == .attempt ? ids.count : 0)
        }
      }
      try await visit(suspects, 0)
    }
  }

  /// `ids` are two of those who say so, a line each.
  func examine(_ ids: [String]) async throws -> [Suspicion] {
    var suspicions: [Suspicion] = []
    for pair in ids {
      var found: [Claim] = []
      for name in pair.split(separator: "\n") {
        let words = name.split(separator: " ", maxSplits: 1).map(String.init)
        guard words.count == 2, let kind = Claim.Kind(rawValue: words[0]) else { continue }
        found += try await claims(kind, [words[1]])
      }
      guard found.count == 2, found[1].contradicts(found[0]) else { continue }
      suspicions.append(
        stores.suspicion(
          .intentCountedTwice, pair, "intent \(found[0].intent)",
          expected: "it is that of \(found[0].name), and of no other", found: "it is that of \(found[1].name) too",
          at: .payments, look: ["HGETALL", Self.key(found[1].kind)(found[1].id).name]))
    }
    return suspicions
  }

  private func claims(_ kind: Claim.Kind, _ ids: [String]) async throws -> [Claim] {
    zip(ids, try await stores(.payments).records(ids.map(Self.key(kind)))).map { Claim(kind, $0, $1) }
  }

  private static func key(_ kind: Claim.Kind) -> (String) -> RedisKey {
    switch kind {
    case .attempt: { PaymentKeys.attempt(text: $0) }
    case .payment: { PaymentKeys.payment($0) }
    }
  }
}
