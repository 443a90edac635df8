import NIOCore

/// Where a connection is between its requests and answers, and how long that may last.
///
/// Pure: it is told what happens and when, and says until when the present phase may go on.
struct ConnectionState {
  /// What has come of the request that is being read.
  enum Reading { case nothing, head, body }

  /// What to do about a phase that took too long.
  enum Expiry { case close, answerTimeout }

  private let limits: GatewayLimits
  private(set) var reading = Reading.nothing
  /// Requests read, at least in part, whose answer is not complete.
  private(set) var unanswered = 0
  /// The last answer is out; what still comes is not read.
  private(set) var isLingering = false
  private(set) var deadline: NIODeadline

  init(limits: GatewayLimits, openedAt now: NIODeadline) {
    self.limits = limits
    deadline = now + limits.headTime
  }

  var isIdle: Bool { unanswered == 0 && reading == .nothing }

  /// Bytes came that complete nothing yet.
  mutating func receivedBytes(at now: NIODeadline) {
    guard reading == .nothing, !isLingering else { return }
    reading = .head
    // While an answer is due, that is what the connection waits for.
    if unanswered == 0 { deadline = now + limits.headTime }
  }

  mutating func receivedHead(at now: NIODeadline) {
    reading = .body
    unanswered += 1
    deadline = now + limits.bodyTime
  }

  mutating func receivedEnd(at now: NIODeadline) {
    reading = .nothing
    if unanswered > 0 { deadline = now + limits.answerTime } else { deadline = now + limits.idleTime }
  }

  /// A part of an answer was written that comes as it happens and has no length: its parts may each take as long as
  /// other answers as a whole.
  mutating func streamed(at now: NIODeadline) {
    guard reading == .nothing, unanswered > 0, !isLingering else { return }
    deadline = now + limits.answerTime
  }

  /// An answer was written to its end.
  mutating func answered(at now: NIODeadline) {
    // An answer to what never became a request, such as a header that is too long, ends no request.
    unanswered = max(0, unanswered - 1)
    switch reading {
    case .body: break
    case .head where unanswered == 0: deadline = now + limits.headTime
    case .nothing where unanswered == 0: deadline = now + limits.idleTime
    case .head, .nothing: deadline = now + limits.answerTime
    }
  }

  /// Nothing more is read: what is due is an answer that says so.
  mutating func refused(at now: NIODeadline) {
    reading = .nothing
    deadline = now + (unanswered > 1 ? limits.answerTime : limits.lingerTime)
  }

  mutating func linger(from now: NIODeadline) {
    isLingering = true
    deadline = now + limits.lingerTime
  }

  /// Who sent part of a request is told that the rest took too long.
  var expiry: Expiry {
    if isLingering { return .close }
    switch reading {
    case .nothing: return .close
    case .head: return unanswered == 0 ? .answerTimeout : .close
    case .body: return .answerTimeout
    }
  }
}

extension NIODeadline {
  fileprivate static func + (deadline: NIODeadline, duration: Duration) -> NIODeadline {
    deadline + TimeAmount(duration)
  }
}
