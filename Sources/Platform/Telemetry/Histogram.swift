/// Sorts durations into buckets, by labels. One `record` costs what ``Counter/add(_:_:)`` does.
package final class Histogram<Labels: MetricLabels>: MetricSource {
  private struct Cell {
    /// One more than there are bounds, for what is above all of them.
    var counts: [Int]
    var sum = 0.0

    init(bounds: Int) {
      counts = Array(repeating: 0, count: bounds + 1)
    }

    mutating func add(_ value: Double, bucket: Int) {
      counts[bucket] &+= 1
      sum += value
    }

    mutating func add(_ other: Cell) {
      for (bucket, count) in other.counts.enumerated() { counts[bucket] &+= count }
      sum += other.sum
    }
  }

  private let name: String
  private let help: String
  /// Upper bounds in seconds, inclusive, rising.
  private let bounds: [Double]
  private let cells = Striped<Labels, Cell>()

  package init(_ name: String, help: String, bounds: DurationBounds = .request) {
    self.name = name
    self.help = help
    self.bounds = bounds.seconds
  }

  package func record(_ duration: Duration, _ labels: Labels) {
    let (seconds, attoseconds) = duration.components
    let value = max(0, Double(seconds) + Double(attoseconds) * 1e-18)
    let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
    cells.update(labels, default: Cell(bounds: bounds.count)) { $0.add(value, bucket: bucket) }
  }

  package func families() -> [MetricFamily] {
    let cells = cells.total { $0.add($1) }
    return [MetricFamily(name, help: help, .histogram, cells.flatMap { samples($0, $1) })]
  }

  /// A bucket counts all that is at or below its bound, and the last one everything.
  private func samples(_ labels: Labels, _ cell: Cell) -> [MetricFamily.Sample] {
    let pairs = labels.pairs
    var total = 0
    var samples: [MetricFamily.Sample] = []
    for (bound, count) in zip(bounds + [.infinity], cell.counts) {
      total &+= count
      samples.append(.init(Double(total), pairs + [(name: "le", value: MetricsText.number(bound))], suffix: "_bucket"))
    }
    return samples + [.init(cell.sum, pairs, suffix: "_sum"), .init(Double(total), pairs, suffix: "_count")]
  }
}

extension Histogram<NoLabels> {
  package func record(_ duration: Duration) { record(duration, NoLabels()) }
}

/// The buckets of a histogram: few, because each is a series for each set of labels.
package struct DurationBounds: Sendable {
  let seconds: [Double]

  /// What somebody waits for: 1 ms to 10 s.
  package static let request = DurationBounds(
    seconds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10])
  /// One command of a server near by: 0.1 ms to 5 s.
  package static let command = DurationBounds(
    seconds: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1, 5])
  /// What may wait while a part is away: 1 ms to 10 minutes.
  package static let delivery = DurationBounds(
    seconds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 120, 600])
}
