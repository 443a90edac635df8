/// All that a process knows of itself in numbers: what `/metrics` shows.
///
/// A part keeps its instruments itself, and whoever puts the process together lists them here; nothing is global.
package struct MetricRegistry: Sendable {
  /// How long a look waits for those who must ask others. What is not there by then is left out, and the number of
  /// those who failed is a metric of its own.
  package static let patience: Duration = .seconds(1)
  package static let contentType = MetricsText.contentType

  private let sources: [any MetricSource]

  package init(_ sources: [any MetricSource]) {
    self.sources = [ProcessMetrics()] + sources
  }

  /// In Prometheus' text format.
  package func text() async -> String {
    var text = MetricsText()
    var failures = 0
    for found in await answers(of: sources, within: Self.patience, { try? await $0.families() }) {
      if found == nil { failures += 1 }
      for family in found ?? [] { text.add(family) }
    }
    text.add(
      .gauge(
        "ticketing_metric_sources_failed", help: "Parts of the process that did not tell their metrics at this look.",
        Double(failures)))
    return text.text
  }
}
