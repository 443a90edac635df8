/// Prometheus' text format, version 0.0.4.
struct MetricsText {
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private struct Block {
    let head: String
    var lines: [String] = []
  }

  /// By name: all lines of a metric stand together, whoever knows them.
  private var blocks: [String: Block] = [:]

  mutating func add(_ family: MetricFamily) {
    let head =
      "# HELP \(family.name) \(Self.escaped(family.help, quotes: false))\n# TYPE \(family.name) \(family.kind.rawValue)\n"
    blocks[family.name, default: Block(head: head)].lines += family.samples.map { line(of: $0, family.name) }
  }

  /// Metrics by name; the series of each as they were found.
  var text: String {
    blocks.sorted { $0.key < $1.key }.map { $0.value.head + $0.value.lines.joined() }.joined()
  }

  private func line(of sample: MetricFamily.Sample, _ name: String) -> String {
    let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }.joined(separator: ",")
    return "\(name)\(sample.suffix)\(labels.isEmpty ? "" : "{\(labels)}") \(Self.number(sample.value))\n"
  }

  /// As Go reads floats; whole numbers without a point.
  static func number(_ value: Double) -> String {
    if value == .infinity { return "+Inf" }
    if value.isNaN { return "NaN" }
    return Int64(exactly: value).map { String($0) } ?? String(value)
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    guard
      text.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n") })
    else { return text }
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
