import Testing

@testable import EventBus

@Suite struct RetryQueueTests {
  private let start = ContinuousClock.now

  private func id(_ number: Int, _ subject: Subject = .orderCreated) -> EntryID {
    EntryID(subject: subject, id: "\(number)-0")
  }

  @Test func `entries come out when they are due, the oldest first`() {
    var queue = RetryQueue()
    for number in [10, 9, 100, 8] { queue.insert(id(number), due: start + .seconds(number)) }
    #expect(queue.nextDue == start + .seconds(8))
    #expect(queue.popDue(at: start).isEmpty)
    #expect(queue.popDue(at: start + .seconds(10)) == [id(8), id(9), id(10)])
    #expect(queue.count == 1)
    #expect(queue.popDue(at: start + .seconds(100)) == [id(100)])
    #expect(queue.count == 0)
    #expect(queue.nextDue == nil)
  }

  @Test func `an entry that is put in again has its new time only`() {
    var queue = RetryQueue()
    queue.insert(id(1), due: start)
    queue.insert(id(1), due: start + .seconds(1))
    #expect(queue.count == 1)
    #expect(queue.popDue(at: start).isEmpty)
    queue.remove(id(1))
    queue.remove(id(1))
    #expect(queue.count == 0)
  }

  @Test(
    arguments: [
      ("5-3", 5, 3), ("5", 5, 0), ("18446744073709551615-18446744073709551615", UInt64.max, UInt64.max), ("x-1", 0, 0),
      ("", 0, 0),
    ] as [(String, UInt64, UInt64)])
  func `an id's place is its two numbers`(_ text: String, _ milliseconds: UInt64, _ number: UInt64) {
    #expect(EntryID(subject: .orderCreated, id: text).position == (milliseconds, number))
  }
}
