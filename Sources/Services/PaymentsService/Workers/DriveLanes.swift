/// An attempt that is to be driven.
struct DriveJob: Sendable, Hashable {
  enum Lane: Hashable { case new, due }

  let id: AttemptID
  let lane: Lane
}

/// What a process drives at the moment, and what waits for its turn. Pure.
struct DriveLanes: Sendable {
  /// Driven at once in each lane.
  static let batch = 32
  /// Of one attempt: one may hang in a request while a webhook, or the card holder, has brought news.
  private static let driversOfOne = 2

  /// By how many at once.
  private var driving: [AttemptID: Int] = [:]
  private var count: [DriveJob.Lane: Int] = [:]
  /// New ones for which there is no room yet.
  private var queue: [AttemptID] = []
  /// Came up once more while two drove it.
  private var again: Set<AttemptID> = []

  func isDriven(_ id: AttemptID) -> Bool { driving[id] != nil }

  var roomForDue: Int { Self.batch - count[.due, default: 0] }

  /// Counted when it is claimed, so that the next claim knows of it.
  mutating func countDue() { count[.due, default: 0] += 1 }

  /// False: not now. It comes up again when there is room.
  mutating func begin(_ job: DriveJob) -> Bool {
    guard driving[job.id, default: 0] < Self.driversOfOne else {
      again.insert(job.id)
      if job.lane == .due { count[.due, default: 0] -= 1 }
      return false
    }
    if job.lane == .new {
      guard count[.new, default: 0] < Self.batch else {
        queue.append(job.id)
        return false
      }
      count[.new, default: 0] += 1
    }
    driving[job.id, default: 0] += 1
    return true
  }

  /// What there is room for now, as new ones.
  mutating func end(_ job: DriveJob) -> [AttemptID] {
    count[job.lane, default: 0] -= 1
    let others = driving[job.id, default: 1] - 1
    driving[job.id] = others > 0 ? others : nil
    var next: [AttemptID] = []
    if again.remove(job.id) != nil { next.append(job.id) }
    if job.lane == .new, !queue.isEmpty { next.append(queue.removeFirst()) }
    return next
  }
}
