/// One field's value in a request body.
enum JSONValue: Hashable, Sendable {
  case string(String)
  /// The number's text, so that no digit is lost on the way to an integer.
  case number(String)
  case boolean(Bool)
  case null
  /// Checked for syntax, not kept: no request has a field of structure.
  case array
  case object

  /// What it is, for a message to people.
  var kind: String {
    switch self {
    case .string: "a string"
    case .number: "a number"
    case .boolean: "true or false"
    case .null: "null"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// The fields of a request body, in their order.
struct JSONObject {
  var fields: [(name: String, value: JSONValue)] = []

  /// The value of `name`; nil where there is none. Names are unique.
  subscript(name: String) -> JSONValue? {
    fields.first { $0.name == name }?.value
  }
}

/// Why a body is no JSON object that we read.
struct JSONError: Error, CustomStringConvertible {
  /// Said to the client.
  let description: String
  /// The place in the body, in bytes from its start.
  let offset: Int
}
