import EventBus
import Identifiers
import Redis

/// What happened to an order or a ticket in the order of time, and how it stands now, in every service.
package struct Story: Sendable {
  package struct Step: Sendable {
    let at: UnixTime
    /// The service in whose Redis it is written.
    let service: String
    let what: String
    let details: String
    let json: JSON
  }

  /// What is stored somewhere now.
  package struct State: Sendable {
    let name: String
    let key: RedisKey
    /// Empty: there is nothing.
    let fields: [(name: String, value: String)]
  }

  private(set) var steps: [Step] = []
  private(set) var states: [State] = []
  /// What was not looked at to its end.
  private(set) var cuts: [String] = []

  /// Nobody knows of it.
  package var isEmpty: Bool { steps.isEmpty && states.allSatisfy(\.fields.isEmpty) }

  mutating func add(_ found: EventSearch.Found) {
    for event in found.events {
      let version = event.version.map { "v\($0) " } ?? ""
      steps.append(
        Step(
          at: event.at, service: event.subject.publisher.rawValue, what: event.subject.rawValue,
          details: version + event.details, json: event.json))
    }
    cuts += found.cut.map(\.stream.name)
  }

  mutating func add(_ step: Step) { steps.append(step) }

  mutating func add(_ name: String, _ record: Record) {
    states.append(State(name: name, key: record.key, fields: record.pairs))
  }

  /// `value` nil: there is nothing.
  mutating func add(_ name: String, _ key: RedisKey, _ value: String?) {
    states.append(State(name: name, key: key, fields: value.map { [("", $0)] } ?? []))
  }

  mutating func cut(_ what: String) { cuts.append(what) }

  mutating func sort() {
    // Of what happened in the same millisecond, the order in which it was found is as good as any.
    steps = steps.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
  }
}

extension Story {
  package func text(_ style: Style) -> String {
    var lines: [String] = []
    for step in steps {
      lines.append(
        "\(style(.dim, step.at.iso8601)) \(step.service) \(style(.cyan, step.what)) \(step.details)")
    }
    lines.append(style(.bold, "now"))
    for state in states {
      let fields = state.fields.map { field in
        let value = field.value.printableWord
        return field.name.isEmpty ? value : "\(field.name.printable())=\(value)"
      }
      let text = fields.isEmpty ? style(.dim, "nothing") : fields.joined(separator: " ")
      lines.append("  \(state.name) \(style(.dim, state.key.name.printable())): \(text)")
    }
    for cut in cuts { lines.append(style(.yellow, "not looked at to its end: \(cut.printable())")) }
    return lines.joined(separator: "\n")
  }

  package var json: JSON {
    .object([
      "steps": .array(
        steps.map {
          .object([
            "at": .string($0.at.iso8601), "service": .string($0.service), "what": .string($0.what), "detail": $0.json,
          ])
        }),
      "now": .array(
        states.map { state in
          let value: JSON =
            state.fields.isEmpty
            ? .null
            : state.fields.allSatisfy { $0.name.isEmpty }
              ? .text(state.fields.first?.value)
              : .object(state.fields.map { JSON.Member(name: $0.name, value: .string($0.value)) })
          return .object(["name": .string(state.name), "key": .string(state.key.name), "value": value])
        }),
      "cut": .array(cuts.map { .string($0) }),
    ])
  }
}
