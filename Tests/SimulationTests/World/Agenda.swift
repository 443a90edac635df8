/// What is going to happen, by time; at one time in the order in which it was put down. A binary heap.
struct Agenda {
  struct Entry {
    let time: Int64
    let number: Int
    let body: () -> Void

    func comes(before other: Entry) -> Bool { time != other.time ? time < other.time : number < other.number }
  }

  private var entries: [Entry] = []
  private var count = 0

  mutating func add(at time: Int64, _ body: @escaping () -> Void) {
    count += 1
    entries.append(Entry(time: time, number: count, body: body))
    var child = entries.count - 1
    while child > 0, entries[child].comes(before: entries[(child - 1) / 2]) {
      entries.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func next() -> Entry? {
    guard let first = entries.first else { return nil }
    let last = entries.removeLast()
    guard !entries.isEmpty else { return first }
    entries[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < entries.count && entries[child].comes(before: entries[least]) {
        least = child
      }
      if least == parent { return first }
      entries.swapAt(parent, least)
      parent = least
    }
  }
}
