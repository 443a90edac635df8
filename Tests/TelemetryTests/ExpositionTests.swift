import Testing

@testable import Telemetry

@Suite struct `The exposition` {
  struct Labels: MetricLabels {
    static let names = ["route", "status"]
    let route: String
    let status: Int
    var values: [String] { [route, String(status)] }
  }

  private func text(_ families: [MetricFamily]) -> String {
    var text = MetricsText()
    for family in families { text.add(family) }
    return text.text
  }

  @Test func `has a counter's series by labels`() {
    let counter = Counter<Labels>("requests_total", help: "Requests.")
    counter.add(1, Labels(route: "/a", status: 200))
    counter.add(2, Labels(route: "/a", status: 200))
    #expect(
      text(counter.families()) == """
        # HELP requests_total Requests.
        # TYPE requests_total counter
        requests_total{route="/a",status="200"} 3

        """)
  }

  @Test func `counts what many threads count at once, each once`() async {
    let counter = Counter<Labels>("requests_total", help: "Requests.")
    let histogram = Histogram<Labels>("h", help: "H", bounds: DurationBounds(seconds: [1]))
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<32 {
        group.addTask {
          let labels = Labels(route: "/a", status: task % 2)
          for _ in 0..<1000 {
            counter.add(1, labels)
            histogram.record(.milliseconds(500), labels)
            await Task.yield()
          }
        }
      }
    }
    let totals = text(counter.families()).split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(
      Set(totals) == [#"requests_total{route="/a",status="0"} 16000"#, #"requests_total{route="/a",status="1"} 16000"#])
    let sums = text(histogram.families()).split(separator: "\n")
    #expect(sums.contains(#"h_bucket{route="/a",status="1",le="1"} 16000"#))
    #expect(sums.contains(#"h_sum{route="/a",status="1"} 8000"#))
  }

  @Test func `escapes what labels and help may hold`() {
    let family = MetricFamily(
      "x", help: "a \"b\" \\ c\nd", .gauge, [.init(1, [(name: "l", value: "a \"b\" \\ c\nd")])])
    #expect(text([family]) == "# HELP x a \"b\" \\\\ c\\nd\n# TYPE x gauge\nx{l=\"a \\\"b\\\" \\\\ c\\nd\"} 1\n")
  }

  @Test func `has a histogram's buckets, each with those below it`() {
    let histogram = Histogram<NoLabels>("h", help: "H", bounds: DurationBounds(seconds: [0.5, 1]))
    for duration: Duration in [.milliseconds(500), .milliseconds(501), .seconds(1), .seconds(9), .seconds(-1)] {
      histogram.record(duration)
    }
    let lines = text(histogram.families()).split(separator: "\n").dropFirst(2)
    #expect(
      Array(lines) == [
        #"h_bucket{le="0.5"} 2"#, #"h_bucket{le="1"} 4"#, #"h_bucket{le="+Inf"} 5"#, "h_sum 11.001", "h_count 5",
      ])
  }

  @Test func `keeps the lines of a metric together, whoever knows them`() {
    let families = ["b", "a", "b"].enumerated().map { index, name in
      MetricFamily(name, help: "", .gauge, [.init(Double(index))])
    }
    #expect(text(families).split(separator: "\n").filter { !$0.hasPrefix("#") } == ["a 1", "b 0", "b 2"])
  }

  @Test(arguments: [(1, "1"), (0.25, "0.25"), (1e300, "1e+300"), (-.infinity, "-inf"), (.nan, "NaN")])
  func `writes numbers that every reader takes`(value: Double, text: String) {
    #expect(MetricsText.number(value) == text)
  }

  @Test func `leaves out who does not answer, and says how many those are`() async {
    struct Refused: Error {}
    let registry = MetricRegistry([
      SampledMetrics { throw Refused() },
      SampledMetrics {
        try await Task.sleep(for: .seconds(3600))
        return []
      },
      SampledMetrics { [.gauge("there", help: "It is.", 1)] },
    ])
    let text = await registry.text()
    #expect(text.contains("\nthere 1\n"))
    #expect(text.contains("\nticketing_metric_sources_failed 2\n"))
  }

  @Test func `tells of the process`() async {
    let text = await MetricRegistry([]).text()
    for name in ["process_cpu_seconds_total", "process_start_time_seconds", "process_open_fds", "process_max_fds"] {
      #expect(text.contains("\n\(name) "))
    }
  }
}
