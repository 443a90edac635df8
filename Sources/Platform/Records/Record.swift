import Identifiers
import Redis

/// Something that stands in a HASH of a service's own. A service reads it by the names of its fields, and writes it in
/// commits.
package protocol Record: Sendable {
  associatedtype ID: Sendable = String

  static func key(_ id: ID) -> RedisKey
  /// Those that are read, in any order.
  static var fields: RecordFields { get }

  /// Throws `MalformedRecord` for what this platform does not write.
  init(_ stored: StoredRecord, id: ID) throws
}

/// The names of a record's fields.
package struct RecordFields: Sendable, ExpressibleByArrayLiteral {
  let names: [String]
  let arguments: [RedisArgument]

  package init(arrayLiteral names: String...) {
    self.names = names
    arguments = names.map { .string($0) }
  }
}

/// The fields of one record as they were read. All getters throw `MalformedRecord`, which names the field.
package struct StoredRecord: Sendable {
  package let key: RedisKey
  private let names: [String]
  private let values: [RedisBytes?]

  /// nil where nothing is stored.
  init?(_ reply: RESPValue, at key: RedisKey, _ fields: RecordFields) throws {
    values = try reply.array().map { try $0.optional { try $0.bytes() } }
    guard values.count == fields.names.count else { throw reply.unexpected("\(fields.names.count) fields") }
    guard values.contains(where: { $0 != nil }) else { return nil }
    self.key = key
    names = fields.names
  }

  package func has(_ name: String) -> Bool { value(name) != nil }

  /// `absent`: of a field that records have not always had.
  package func text(_ name: String, absent: String? = nil) throws(MalformedRecord) -> String {
    guard let text = value(name).map({ $0.string }) ?? absent else { throw MalformedRecord(key, name) }
    return text
  }

  /// nil where it is empty: that stands for nothing.
  package func optionalText(_ name: String) throws(MalformedRecord) -> String? {
    let text = try text(name, absent: "")
    return text.isEmpty ? nil : text
  }

  package func number(_ name: String, absent: Int64? = nil) throws(MalformedRecord) -> Int64 {
    guard let number = value(name).map({ $0.int64 }) ?? absent else { throw MalformedRecord(key, name) }
    return number
  }

  /// nil where there is no such field.
  package func optionalNumber(_ name: String) throws(MalformedRecord) -> Int64? {
    has(name) ? try number(name) : nil
  }

  package func flag(_ name: String) throws(MalformedRecord) -> Bool { try number(name, absent: 0) != 0 }

  package func time(_ name: String) throws(MalformedRecord) -> UnixTime {
    let milliseconds = try number(name)
    guard (0...UnixTime.latest.milliseconds).contains(milliseconds) else { throw MalformedRecord(key, name) }
    return UnixTime(milliseconds: milliseconds)
  }

  /// One of the words that a field may have.
  package func word<Word: RawRepresentable<String>>(
    _ name: String, absent: String? = nil
  ) throws(MalformedRecord) -> Word {
    guard let word = Word(rawValue: try text(name, absent: absent)) else { throw MalformedRecord(key, name) }
    return word
  }

  /// nil where it is empty, or there is no such field.
  package func optionalWord<Word: RawRepresentable<String>>(
    _ name: String
  ) throws(MalformedRecord) -> Word? {
    try optionalText(name) == nil ? nil : try word(name)
  }

  private func value(_ name: String) -> RedisBytes? { names.firstIndex(of: name).flatMap { values[$0] } }
}
