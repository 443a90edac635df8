/// What accompanies a call: ASCII names in lower case, repeated names allowed, order kept.
///
/// Values of names that end in `-bin` are kept as the text that is on the wire (base64).
package struct Metadata: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  struct Field: Sendable, Hashable {
    let name: String
    let value: String
  }

  private(set) var fields: [Field]

  package init() {
    self.fields = []
  }

  package init(dictionaryLiteral elements: (String, String)...) {
    self.fields = elements.map { Field(name: $0.0.lowercased(), value: $0.1) }
  }

  /// `fields` must have names in lower case.
  init(fields: [Field]) {
    self.fields = fields
  }

  /// The first value of `name` (lower case). Setting replaces every value of it; nil removes them.
  package subscript(name: String) -> String? {
    get {
      for field in fields where field.name == name { return field.value }
      return nil
    }
    set {
      let name = name.lowercased()
      fields.removeAll { $0.name == name }
      if let newValue { fields.append(Field(name: name, value: newValue)) }
    }
  }

  /// Every value of `name` (lower case), in the order in which they were sent.
  package func all(_ name: String) -> [String] {
    fields.compactMap { $0.name == name ? $0.value : nil }
  }

  package mutating func add(_ name: String, _ value: String) {
    fields.append(Field(name: name.lowercased(), value: value))
  }

  package var isEmpty: Bool { fields.isEmpty }

  /// Every name with its value, in order.
  package var pairs: some Sequence<(name: String, value: String)> {
    fields.lazy.map { (name: $0.name, value: $0.value) }
  }
}
