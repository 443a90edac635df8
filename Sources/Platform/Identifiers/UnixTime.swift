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
    let parts = parts
    return "\(padded(parts.tm_year + 1900, 4))-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))T"
      + "\(clock(parts)).\(padded(max(0, milliseconds) % 1000, 3))Z"
  }

  /// As HTTP has it (RFC 9110, 5.6.7): `Mon, 15 Jan 2024 10:30:00 GMT`. Years beyond 9999 are clamped.
  package var httpDate: String {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let parts = parts
    return "\(weekdays[Int(parts.tm_wday)]), \(padded(parts.tm_mday)) \(months[Int(parts.tm_mon)]) "
      + "\(padded(parts.tm_year + 1900, 4)) \(clock(parts)) GMT"
  }

  package var description: String { iso8601 }

  /// In UTC.
  private var parts: tm {
    var time = time_t(max(0, min(seconds, 253_402_300_799)))
    var parts = tm()
    gmtime_r(&time, &parts)
    return parts
  }

  /// Hours, minutes and seconds.
  private func clock(_ parts: tm) -> String {
    "\(padded(parts.tm_hour)):\(padded(parts.tm_min)):\(padded(parts.tm_sec))"
  }

  private func padded(_ number: some BinaryInteger, _ width: Int = 2) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }
}
