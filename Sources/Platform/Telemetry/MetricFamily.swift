/// A metric with its series, as one look at it found them.
package struct MetricFamily: Sendable {
  package enum Kind: String, Sendable { case counter, gauge, histogram }

  /// One line of the exposition.
  package struct Sample: Sendable {
    /// What follows the metric's name: `_bucket`, `_sum`, `_count`; else empty.
    package var suffix = ""
    package let labels: [(name: String, value: String)]
    package let value: Double

    package init(_ value: Double, _ labels: [(name: String, value: String)] = [], suffix: String = "") {
      self.suffix = suffix
      self.labels = labels
      self.value = value
    }
  }

  /// As Prometheus wants them: `_total` for counters, base units, `[a-z_]` only.
  package let name: String
  package let help: String
  package let kind: Kind
  package let samples: [Sample]

  package init(_ name: String, help: String, _ kind: Kind, _ samples: [Sample]) {
    self.name = name
    self.help = help
    self.kind = kind
    self.samples = samples
  }

  /// A metric without labels.
  package static func gauge(_ name: String, help: String, _ value: Double) -> MetricFamily {
    MetricFamily(name, help: help, .gauge, [Sample(value)])
  }
}

/// Something that knows metrics: an instrument, or a part that is asked when somebody wants to see them.
package protocol MetricSource: Sendable {
  /// What it knows at this moment. It may ask others for that, but must end when the task is cancelled, which happens
  /// after ``MetricRegistry/patience``. Throws where there is nothing to be known.
  func families() async throws -> [MetricFamily]
}

/// A part of a process that has metrics of its own; whoever puts the process together lists them.
package protocol Instrumented {
  var metrics: [any MetricSource] { get }
}

/// Metrics that are asked for, at each look anew.
package struct SampledMetrics: MetricSource {
  private let sample: @Sendable () async throws -> [MetricFamily]

  package init(_ sample: @escaping @Sendable () async throws -> [MetricFamily]) {
    self.sample = sample
  }

  package func families() async throws -> [MetricFamily] { try await sample() }
}
