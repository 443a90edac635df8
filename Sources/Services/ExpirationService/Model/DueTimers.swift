import Identifiers

/// A timer whose time has come.
struct DueTimer: Sendable, Hashable {
  let order: String
  let deadline: UnixTime
  /// Of what reserved the ticket; empty where that is unknown.
  let trace: String
}

/// What a look at the timers found.
struct DueTimers: Sendable {
  /// By the server's clock.
  let now: UnixTime
  /// Until the next timer is due, an hour at most; nil: there is none.
  let next: Duration?
  /// Orders whose timers this look has fired.
  let fired: [String]
  /// Timers that are due and were not among those just fired.
  let due: [DueTimer]
}
