/// The labels of a metric's series: a type with a property a label.
///
/// Only what comes from a small fixed set may be a label's value: a route's pattern, never a path.
package protocol MetricLabels: Hashable, Sendable {
  /// In the order of `values`.
  static var names: [String] { get }
  var values: [String] { get }
}

extension MetricLabels {
  package var pairs: [(name: String, value: String)] { zip(Self.names, values).map { (name: $0, value: $1) } }
}

/// Of a metric that has one series.
package struct NoLabels: MetricLabels {
  package static var names: [String] { [] }
  package var values: [String] { [] }

  package init() {}
}
