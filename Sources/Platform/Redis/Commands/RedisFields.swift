/// Field-value pairs in the server's order: a hash, or a stream entry. Look-up goes through them one by one, which for
/// the dozen fields of a record is quicker than building a dictionary.
package struct RedisFields: Sendable, Hashable {
  /// name, value, name, value, …
  private let flat: [RESPValue]

  /// Reads what `HGETALL` answers.
  package init(_ reply: RESPValue) throws {
    let elements = try reply.array()
    guard elements.count.isMultiple(of: 2), elements.allSatisfy({ if case .bulk = $0 { true } else { false } }) else {
      throw reply.unexpected("pairs of strings")
    }
    flat = elements
  }

  package var isEmpty: Bool { flat.isEmpty }
  package var count: Int { flat.count / 2 }

  package var names: [String] { stride(from: 0, to: flat.count, by: 2).map { bytes(at: $0).description } }

  /// The first field of that name.
  package subscript(name: String) -> RedisBytes? {
    var index = 0
    while index < flat.count {
      if bytes(at: index) == name { return bytes(at: index + 1) }
      index += 2
    }
    return nil
  }

  /// Throws `unexpectedReply` where the field is missing or not UTF-8.
  package func string(_ name: String) throws -> String {
    guard let text = try required(name).string else { throw invalid(name, "UTF-8 text") }
    return text
  }

  /// Throws `unexpectedReply` where the field is missing or no 64-bit number.
  package func int64(_ name: String) throws -> Int64 {
    guard let value = try required(name).int64 else { throw invalid(name, "a 64-bit number") }
    return value
  }

  private func required(_ name: String) throws -> RedisBytes {
    guard let value = self[name] else { throw RedisError.unexpectedReply("the field \(name) is missing") }
    return value
  }

  private func invalid(_ name: String, _ wanted: String) -> RedisError {
    .unexpectedReply("the field \(name) is not \(wanted)")
  }

  private func bytes(at index: Int) -> RedisBytes {
    if case .bulk(let bytes) = flat[index] { return bytes }
    return RedisBytes([])
  }
}

extension RedisFields: Sequence {
  package func makeIterator() -> AnyIterator<(name: RedisBytes, value: RedisBytes)> {
    var index = 0
    return AnyIterator {
      guard index < flat.count else { return nil }
      defer { index += 2 }
      return (bytes(at: index), bytes(at: index + 1))
    }
  }
}
