import RPC
import Redis

/// How one delivery ended.
enum DeliveryOutcome: Sendable, Hashable {
  /// Applied, now or before.
  case done
  /// Not before this time has passed.
  case later(Duration)
  /// What the listener needs is away or full: says nothing about the event.
  case storeAway(String)
  case failed(String)
  /// It can never be applied.
  case malformed(String)

  /// For metrics.
  var name: String {
    switch self {
    case .done: "applied"
    case .later: "later"
    case .storeAway: "store_away"
    case .failed: "failed"
    case .malformed: "malformed"
    }
  }
}

extension DeliveryOutcome {
  private static let contentionPause: Duration = .milliseconds(50)

  init(_ outcome: EventOutcome) {
    self =
      switch outcome {
      case .applied, .duplicate: .done
      case .later(let pause): .later(pause)
      }
  }

  /// What a listener's error tells.
  init(_ error: any Error) {
    switch error {
    case is Contended: self = .later(Self.contentionPause)
    case let error as MalformedEvent: self = .malformed(error.description)
    case let error as RedisError where error.isOutage: self = .storeAway(error.description)
    case let error as RPCError where error.code == .unavailable || error.code == .deadlineExceeded:
      self = .storeAway(error.description)
    default: self = .failed("\(error)")
    }
  }
}
