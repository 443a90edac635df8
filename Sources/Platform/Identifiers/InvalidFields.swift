/// A request has fields that break a rule: all of them are named, so that a person mends them at once.
package struct InvalidFields: Error, Hashable {
  package struct Problem: Sendable, Hashable {
    package let field: String
    /// For people.
    package let message: String
  }

  package private(set) var problems: [Problem] = []

  package init() {}

  package init(_ field: String, _ message: String) { add(field, message) }

  package mutating func add(_ field: String, _ message: String) {
    problems.append(Problem(field: field, message: message))
  }

  /// Throws itself where there is any.
  package func check() throws(InvalidFields) {
    if !problems.isEmpty { throw self }
  }
}
