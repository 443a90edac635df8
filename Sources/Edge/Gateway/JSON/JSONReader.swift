import NIOCore

/// Reads one JSON object (RFC 8259) in a single pass over its bytes.
///
/// Strict where readers differ, because the next reader may decide otherwise: a name that occurs twice, a lone
/// surrogate, bytes that are no UTF-8, anything after the object and nesting deeper than ``maximumDepth`` are errors.
/// Numbers stay text. Nested values are checked and dropped.
struct JSONReader {
  /// Arrays and objects within each other, the outermost included.
  static let maximumDepth = 32
  /// Fields of the outermost object: bounds the search for a name's second occurrence.
  static let maximumFields = 64

  var position = 0
  let bytes: [UInt8]

  /// Reads `body`, which the caller bounds in size.
  static func readObject(_ body: ByteBuffer) throws(JSONError) -> JSONObject {
    var reader = JSONReader(bytes: Array(body.readableBytesView))
    return try reader.readDocument()
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  private mutating func readDocument() throws(JSONError) -> JSONObject {
    skipSpace()
    guard peek == UInt8(ascii: "{") else { throw error("The body must be a JSON object") }
    let object = try readTopObject()
    skipSpace()
    guard position == bytes.count else { throw error("Unexpected text after the JSON object") }
    return object
  }

  private mutating func readTopObject() throws(JSONError) -> JSONObject {
    var object = JSONObject()
    position += 1
    skipSpace()
    if take(UInt8(ascii: "}")) { return object }
    while true {
      let name = try readName()
      guard object[name] == nil else { throw error("The field \"\(name.prefix(64))\" occurs twice") }
      guard object.fields.count < Self.maximumFields else { throw error("Too many fields") }
      object.fields.append((name, try readValue(depth: 1)))
      if try !readSeparator(or: UInt8(ascii: "}")) { return object }
    }
  }

  /// Reads a value that is inside of `depth` arrays and objects.
  private mutating func readValue(depth: Int) throws(JSONError) -> JSONValue {
    switch peek {
    case UInt8(ascii: "\""):
      return .string(try readString())
    case UInt8(ascii: "{"):
      try skipObject(depth: depth + 1)
      return .object
    case UInt8(ascii: "["):
      try skipArray(depth: depth + 1)
      return .array
    case UInt8(ascii: "t"):
      try readWord("true")
      return .boolean(true)
    case UInt8(ascii: "f"):
      try readWord("false")
      return .boolean(false)
    case UInt8(ascii: "n"):
      try readWord("null")
      return .null
    default:
      return .number(try readNumber())
    }
  }

  private mutating func skipObject(depth: Int) throws(JSONError) {
    try enter(depth)
    if take(UInt8(ascii: "}")) { return }
    repeat {
      _ = try readName()
      _ = try readValue(depth: depth)
    } while try readSeparator(or: UInt8(ascii: "}"))
  }

  private mutating func skipArray(depth: Int) throws(JSONError) {
    try enter(depth)
    if take(UInt8(ascii: "]")) { return }
    repeat {
      _ = try readValue(depth: depth)
    } while try readSeparator(or: UInt8(ascii: "]"))
  }

  private mutating func enter(_ depth: Int) throws(JSONError) {
    guard depth <= Self.maximumDepth else { throw error("JSON is nested deeper than \(Self.maximumDepth) levels") }
    position += 1
    skipSpace()
  }

  private mutating func readName() throws(JSONError) -> String {
    guard peek == UInt8(ascii: "\"") else { throw error("Expected a field name in double quotes") }
    let name = try readString()
    skipSpace()
    guard take(UInt8(ascii: ":")) else { throw error("Expected ':' after a field name") }
    skipSpace()
    return name
  }

  /// Reads what follows a value: true after a comma, with the next value or name in front; false after `end`.
  private mutating func readSeparator(or end: UInt8) throws(JSONError) -> Bool {
    skipSpace()
    if take(end) { return false }
    guard take(UInt8(ascii: ",")) else {
      throw error("Expected ',' or '\(Character(UnicodeScalar(end)))' after a value")
    }
    skipSpace()
    return true
  }

  private mutating func readWord(_ word: StaticString) throws(JSONError) {
    let length = word.utf8CodeUnitCount
    let matches = word.withUTF8Buffer { bytes[position...].starts(with: $0) }
    guard matches else { throw error("Unexpected text") }
    position += length
  }
}
