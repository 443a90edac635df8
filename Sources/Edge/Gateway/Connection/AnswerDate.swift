import Identifiers
import NIOPosix

/// The `Date` of answers, written once a second and thread.
enum AnswerDate {
  /// Of one thread. `@unchecked Sendable`: touched only there.
  private final class Latest: @unchecked Sendable {
    var second: Int64 = -1
    var text = ""
  }

  private static let latest = ThreadSpecificVariable<Latest>()

  /// As RFC 9110, 5.6.7 has it.
  static var now: String {
    let date = latest.value { Latest() }
    let now = UnixTime.now()
    if now.seconds != date.second {
      date.second = now.seconds
      date.text = now.httpDate
    }
    return date.text
  }
}
