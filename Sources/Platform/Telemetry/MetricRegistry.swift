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
    for found in await look() {
      if found == nil { failures += 1 }
      for family in found ?? [] { text.add(family) }
    }
    text.add(
      .gauge(
        "ticketing_metric_sources_failed", help: "Parts of the process that did not tell their metrics at this look.",
        Double(failures)))
    return text.text
  }

  /// nil for a source that failed, or was too slow.
  private func look() async -> [[MetricFamily]?] {
    await withTaskGroup(of: (Int, [MetricFamily]?).self) { group in
      for (index, source) in sources.enumerated() {
        group.addTask { (index, await Self.ask(source)) }
      }
      return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  private static func ask(_ source: any MetricSource) async -> [MetricFamily]? {
    await withTaskGroup(of: [MetricFamily]?.self) { group in
      group.addTask { try? await source.families() }
      group.addTask {
        try? await Task.sleep(for: patience)
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
  }
}
