import Synchronization

/// Counts events by labels. One `add` is a lock that is held for a look into a dictionary: some 0.1 µs.
package final class Counter<Labels: MetricLabels>: MetricSource {
  private let name: String
  private let help: String
  private let counts = Mutex<[Labels: Int]>([:])

  package init(_ name: String, help: String) {
    self.name = name
    self.help = help
  }

  package func add(_ count: Int = 1, _ labels: Labels) {
    counts.withLock { $0[labels, default: 0] &+= count }
  }

  package func families() -> [MetricFamily] {
    let counts = counts.withLock { $0 }
    return [MetricFamily(name, help: help, .counter, counts.map { .init(Double($1), $0.pairs) })]
  }
}
