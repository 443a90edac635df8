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
}
