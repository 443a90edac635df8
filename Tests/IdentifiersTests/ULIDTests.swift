import Identifiers
import Testing

@Suite struct ULIDTests {
  @Test func `an id reads back as itself`() throws {
    let id = ULID()
    #expect(try #require(ULID(id.description)) == id)
    #expect(id.description.utf8.count == 26)
  }

  @Test func `later ids sort after earlier ones`() {
    var generator = SystemRandomNumberGenerator()
    let times: [Int64] = [0, 1, 31, 32, 1_700_000_000_000, 1_700_000_000_001, (1 << 48) - 1]
    let ids = times.map { ULID(milliseconds: $0, using: &generator) }
    #expect(ids == ids.sorted())
    #expect(Set(ids).count == ids.count)
  }

  @Test(arguments: [Int64.min, -1, 1 << 48, .max])
  func `a time beyond what an id can carry is clamped`(time: Int64) {
    var generator = SystemRandomNumberGenerator()
    let id = ULID(milliseconds: time, using: &generator).description
    #expect(id.hasPrefix(time < 0 ? "0000000000" : "7ZZZZZZZZZ"))
  }

  @Test func `ten thousand ids of one millisecond differ`() {
    var generator = SystemRandomNumberGenerator()
    let ids = (0..<10_000).map { _ in ULID(milliseconds: 1, using: &generator) }
    #expect(Set(ids).count == ids.count)
  }

  @Test(arguments: [
    "", "0", "01ARZ3NDEKTSV4RRFFQ69G5FA", "01ARZ3NDEKTSV4RRFFQ69G5FAVV", "01ARZ3NDEKTSV4RRFFQ69G5FAI",
    "01arz3ndektsv4rrffq69g5fav", "81ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5F\r\n",
    "01ARZ3NDEKTSV4RRFFQ69G5F\u{0}V", "01ARZ3NDEKTSV4RRFFQ69G5Fé", "'; DROP TABLE tickets; --  ",
  ])
  func `a text that is no id is refused`(text: String) {
    #expect(ULID(text) == nil)
  }
}

@Suite struct UnixTimeTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (1_705_314_600_000, "2024-01-15T10:30:00.000Z"),
    (1_705_314_600_007, "2024-01-15T10:30:00.007Z"), (Int64.max, "9999-12-31T23:59:59.807Z"),
    (-1, "1970-01-01T00:00:00.000Z"),
  ])
  func `a time is written as ISO 8601 has it`(milliseconds: Int64, text: String) {
    #expect(UnixTime(milliseconds: milliseconds).iso8601 == text)
  }
}
