import Testing

@testable import Identifiers

@Suite struct `A point in time` {
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
      (784_111_777_000, "1994-11-06T08:49:37.000Z", "Sun, 06 Nov 1994 08:49:37 GMT"),
      (1_709_251_199_999, "2024-02-29T23:59:59.999Z", "Thu, 29 Feb 2024 23:59:59 GMT"),
      (-1, "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
      (.max, "9999-12-31T23:59:59.807Z", "Fri, 31 Dec 9999 23:59:59 GMT"),
    ] as [(Int64, String, String)])
  func `is written as JSON and as HTTP have it`(milliseconds: Int64, iso8601: String, httpDate: String) {
    let time = UnixTime(milliseconds: milliseconds)
    #expect(time.iso8601 == iso8601)
    #expect(time.httpDate == httpDate)
  }

  @Test(
    arguments: [
      (0, .seconds(1), 1000), (1500, .milliseconds(-600), 900), (1, .nanoseconds(1_999_999), 2),
      (.max, .seconds(1), 1 << 53), (.min, .seconds(-1), 0), (0, .seconds(Int64.max), 1 << 53),
      (0, .seconds(Int64.min), 0), (-5, .seconds(Int64.max), 1 << 53), (1 << 53, .milliseconds(-1), (1 << 53) - 1),
    ] as [(Int64, Duration, Int64)])
  func `is followed by others, from 1970 to the last that Redis can compare`(start: Int64, later: Duration, end: Int64)
  {
    #expect(UnixTime(milliseconds: start).adding(later).milliseconds == end)
  }
}

@Suite struct `The time between two` {
  @Test(arguments: [(0, 5, 5), (5, 0, 0), (.min, .max, 0), (.max, .min, 0), (7, 7, 0)] as [(Int64, Int64, Int64)])
  func `is not negative`(start: Int64, end: Int64, milliseconds: Int64) {
    let duration = UnixTime(milliseconds: start).duration(to: UnixTime(milliseconds: end))
    #expect(duration == .milliseconds(milliseconds))
  }
}

@Suite struct `A duration` {
  @Test(
    arguments: [
      (.zero, "0.000"), (.microseconds(21_997), "21.997"), (.nanoseconds(1_999), "0.001"), (.seconds(3), "3000.000"),
    ] as [(Duration, String)])
  func `is written in milliseconds with three decimals`(duration: Duration, text: String) {
    #expect(duration.millisecondsText == text)
  }

  @Test(
    arguments: [
      (.zero, 0), (.nanoseconds(1), 1), (.seconds(2), 2), (.milliseconds(2001), 3), (.seconds(Int64.max), .max),
    ]
      as [(Duration, Int64)])
  func `is rounded up to seconds`(duration: Duration, seconds: Int64) {
    #expect(duration.secondsRoundedUp == seconds)
  }
}
