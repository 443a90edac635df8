#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A point in time as all parts exchange it: whole milliseconds since 1970 in UTC.
package struct UnixTime: Sendable, Hashable, Comparable {
  package let milliseconds: Int64

  package init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  /// Whole seconds, rounded down.
  package var seconds: Int64 { milliseconds / 1000 }

  /// The wall clock's time.
  package static func now() -> UnixTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UnixTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  package static func < (left: UnixTime, right: UnixTime) -> Bool { left.milliseconds < right.milliseconds }
}

extension UnixTime: CustomStringConvertible {
  /// As ISO 8601 has it, in UTC with milliseconds: `2024-01-15T10:30:00.000Z`. Years beyond 9999 are clamped.
  package var iso8601: String {
    var time = time_t(max(0, min(seconds, 253_402_300_799)))
    var parts = tm()
    gmtime_r(&time, &parts)
    let numbers = [parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec].map { Int($0) }
    let (month, day, hour, minute, second) = (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])
    return "\(padded(Int(parts.tm_year) + 1900, 4))-\(padded(month, 2))-\(padded(day, 2))T"
      + "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2)).\(padded(Int(max(0, milliseconds) % 1000), 3))Z"
  }

  package var description: String { iso8601 }

  private func padded(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }
}
