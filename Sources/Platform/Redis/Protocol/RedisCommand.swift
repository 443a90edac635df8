import NIOCore

/// A command and its arguments, e.g. `RedisCommand("PEXPIRE", .key(key), 5000)`.
package struct RedisCommand: Sendable, Hashable {
  package let name: String
  package var arguments: [RedisArgument]

  package init(_ name: String, _ arguments: RedisArgument...) {
    self.name = name
    self.arguments = arguments
  }

  package init(_ name: String, arguments: [RedisArgument]) {
    self.name = name
    self.arguments = arguments
  }
}

extension RedisCommand: CustomStringConvertible {
  /// The name only: arguments hold passwords and users' data.
  package var description: String { "\(name) with \(arguments.count) arguments" }
}

extension RedisCommand {
  /// Appends the command as an array of bulk strings.
  package func write(to buffer: inout ByteBuffer) {
    buffer.writeRESPHeader("*", arguments.count + 1)
    buffer.writeRESPBulk(name)
    for argument in arguments {
      switch argument {
      case .string(let text): buffer.writeRESPBulk(text)
      case .bytes(let bytes): buffer.writeRESPBulk(bytes)
      case .buffer(let value):
        buffer.writeRESPHeader("$", value.readableBytes)
        buffer.writeImmutableBuffer(value)
        buffer.writeCRLF()
      case .integer(let value): buffer.writeRESPBulk(value)
      case .double(let value): buffer.writeRESPBulk(value.description)
      }
    }
  }
}
