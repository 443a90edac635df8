import Identifiers

/// What an order's event means for its timer.
enum DeadlineChange: Sendable, Hashable {
  /// `trace` is the one of what reserved the ticket, which the timer's firing belongs to.
  case schedule(UnixTime, trace: String)
  /// Nothing happens where it has fired.
  case unschedule
}
