import NIOCore

/// What a ``DeadlineQueue`` holds; `dueTime` is nil once it has ended.
protocol Expiring: AnyObject {
  var dueTime: NIODeadline? { get set }
}

/// The deadlines of a connection's calls: one timer of the event loop serves all of them.
///
/// A binary heap with lazy removal. Most calls end long before their deadline, so removing only counts, and the
/// heap is rebuilt without the removed ones when these are the majority: constant cost for a call on average.
struct DeadlineQueue<Call: Expiring> {
  private struct Entry {
    let deadline: NIODeadline
    let call: Call
  }

  private var heap: [Entry] = []
  private var removed = 0

  init() {}

  /// The earliest deadline; it may be one that was removed.
  var next: NIODeadline? { heap.first?.deadline }

  /// How many entries are kept, removed ones included.
  var storedCount: Int { heap.count }

  mutating func insert(_ call: Call, deadline: NIODeadline) {
    call.dueTime = deadline
    heap.append(Entry(deadline: deadline, call: call))
    siftUp(heap.count - 1)
  }

  /// `call` needs its deadline no more. Nothing happens where it has none.
  mutating func remove(_ call: Call) {
    guard call.dueTime != nil else { return }
    call.dueTime = nil
    removed += 1
    guard removed > 64, removed * 2 > heap.count else { return }
    heap.removeAll { $0.call.dueTime == nil }
    removed = 0
    // A sorted array is a heap.
    heap.sort { $0.deadline < $1.deadline }
  }

  /// Takes the next call whose deadline has passed.
  mutating func popExpired(now: NIODeadline) -> Call? {
    while let first = heap.first, first.deadline <= now {
      removeFirst()
      guard first.call.dueTime != nil else {
        removed = max(0, removed - 1)
        continue
      }
      first.call.dueTime = nil
      return first.call
    }
    return nil
  }

  private mutating func removeFirst() {
    let last = heap.removeLast()
    guard !heap.isEmpty else { return }
    heap[0] = last
    siftDown()
  }

  private mutating func siftUp(_ start: Int) {
    var index = start
    while index > 0 {
      let parent = (index - 1) / 2
      guard heap[index].deadline < heap[parent].deadline else { return }
      heap.swapAt(index, parent)
      index = parent
    }
  }

  private mutating func siftDown() {
    var index = 0
    while true {
      let left = 2 * index + 1
      guard left < heap.count else { return }
      let right = left + 1
      let child = right < heap.count && heap[right].deadline < heap[left].deadline ? right : left
      guard heap[child].deadline < heap[index].deadline else { return }
      heap.swapAt(child, index)
      index = child
    }
  }
}
