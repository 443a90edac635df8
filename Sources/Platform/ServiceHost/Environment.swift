import Identifiers

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The environment variables of a process, read with a sentence for each that is missing or malformed.
/// An empty value counts as absent.
package struct Environment: Sendable {
  private let values: [String: String]

  package init(_ values: [String: String] = ProcessInfo.processInfo.environment) {
    self.values = values
  }

  package func string(_ name: String) -> String? {
    guard let value = values[name], !value.isEmpty else { return nil }
    return value
  }

  /// `expected` ends the sentence "NAME is not set: it must be …".
  package func required(_ name: String, expected: String) throws(ConfigurationError) -> String {
    guard let value = string(name) else { throw ConfigurationError("\(name) is not set: it must be \(expected)") }
    return value
  }

  package func integer(_ name: String, default fallback: Int, in range: ClosedRange<Int>) throws(ConfigurationError)
    -> Int
  {
    guard let text = string(name) else { return fallback }
    guard let value = Int(text), range.contains(value) else {
      throw ConfigurationError(
        "\(name) is '\(text.prefix(40))': it must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// One of a few words, compared without case.
  package func choice<Choice: CaseIterable & RawRepresentable<String>>(_ name: String, default fallback: Choice)
    throws(ConfigurationError) -> Choice
  {
    guard let text = string(name) else { return fallback }
    guard let value = Choice.allCases.first(where: { $0.rawValue == text.lowercased() }) else {
      let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw ConfigurationError("\(name) is '\(text.prefix(40))': it must be one of \(words)")
    }
    return value
  }

  /// The items of a comma-separated list, trimmed; empty items are dropped. `expected` ends the sentence "NAME has 'x':
  /// it must be a list of …" about one of which `read` makes nothing.
  package func list<Item>(
    _ name: String, of expected: String, _ read: (String) -> Item?
  ) throws(ConfigurationError) -> [Item] {
    var items: [Item] = []
    for text in (string(name) ?? "").split(separator: ",").map({ String($0.trimmed) }) where !text.isEmpty {
      guard let item = read(text) else {
        throw ConfigurationError("\(name) has '\(text.prefix(80))': it must be a list of \(expected)")
      }
      items.append(item)
    }
    return items
  }
}

/// Why a process cannot start: one sentence that names the variable and what was expected.
package struct ConfigurationError: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
