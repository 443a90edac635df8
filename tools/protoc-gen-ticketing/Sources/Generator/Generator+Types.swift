/// The value types: a struct a message, an enum an enum or a oneof.
extension Generator {
  func typesFile(_ file: ProtoFile, _ namespace: String) -> String {
    var writer = swiftWriter(from: file.path)
    for line in file.comment { writer.line(line.isEmpty ? "//" : "// " + line) }
    if !file.comment.isEmpty { writer.line() }
    if !file.messages.isEmpty {
      writer.line("import RPC")
      writer.line()
    }
    writer.block("extension \(namespace)") { writer in
      var isFirst = true
      for enumeration in file.enums {
        if !isFirst { writer.line() }
        isFirst = false
        write(enumeration, &writer)
      }
      for message in file.messages {
        if !isFirst { writer.line() }
        isFirst = false
        write(message, &writer)
      }
    }
    return writer.text
  }

  private func write(_ message: ProtoMessage, _ writer: inout SourceWriter) {
    writer.documentation(message.comment)
    writer.block("\(options.access)struct \(message.name): RPCMessage, Hashable") { writer in
      for enumeration in message.enums {
        write(enumeration, &writer)
        writer.line()
      }
      for nested in message.messages {
        write(nested, &writer)
        writer.line()
      }
      for oneof in message.oneofs {
        write(oneof, of: message, &writer)
        writer.line()
      }
      let properties = properties(of: message)
      for property in properties {
        writer.documentation(property.comment)
        writer.line("\(options.access)var \(property.name): \(property.type)")
      }
      if !properties.isEmpty { writer.line() }
      writeInit(properties, &writer)
    }
  }

  private func writeInit(_ properties: [Property], _ writer: inout SourceWriter) {
    if properties.isEmpty { return writer.line("\(options.access)init() {}") }
    writer.call("\(options.access)init", properties.map { "\($0.name): \($0.type) = \($0.value)" }, " {")
    writer.indented { writer in
      for property in properties { writer.line("self.\(property.name) = \(property.name)") }
    }
    writer.line("}")
  }

  private func write(_ oneof: ProtoOneof, of message: ProtoMessage, _ writer: inout SourceWriter) {
    writer.documentation(oneof.comment)
    writer.block("\(options.access)enum \(SwiftName.type(oneof.name)): Hashable, Sendable") { writer in
      for member in message.members(of: oneof) {
        writer.documentation(member.comment)
        writer.line("case \(SwiftName.property(member.name))(\(elementType(member, in: message.fullName)))")
      }
    }
  }

  private func write(_ enumeration: ProtoEnum, _ writer: inout SourceWriter) {
    let values = enumeration.values.map { value in
      (name: SwiftName.enumCase(value.name, of: enumeration.name), number: value.number, comment: value.comment)
    }
    /// Numbers that have several names are a case of the first name.
    var cases: [(name: String, number: Int32, comment: [String])] = []
    for value in values where !cases.contains(where: { $0.number == value.number }) { cases.append(value) }
    writer.documentation(enumeration.comment)
    writer.block("\(options.access)enum \(enumeration.name): RawRepresentable, Hashable, Sendable") { writer in
      for value in cases {
        writer.documentation(value.comment)
        writer.line("case \(value.name)")
      }
      writer.line("/// A number that the .proto did not name when this was generated.")
      writer.line("case unrecognized(Int32)")
      for alias in values {
        guard let original = cases.first(where: { $0.number == alias.number }), original.name != alias.name else {
          continue
        }
        writer.line()
        writer.documentation(alias.comment)
        writer.line("\(options.access)static var \(alias.name): Self { .\(original.name) }")
      }
      writer.line()
      writer.block("\(options.access)init(rawValue: Int32)") { writer in
        writer.line("self =")
        writer.indented { writer in
          writer.line("switch rawValue {")
          for value in cases { writer.line("case \(value.number): .\(value.name)") }
          writer.line("default: .unrecognized(rawValue)")
          writer.line("}")
        }
      }
      writer.line()
      writer.block("\(options.access)var rawValue: Int32") { writer in
        writer.line("switch self {")
        for value in cases { writer.line("case .\(value.name): \(value.number)") }
        writer.line("case .unrecognized(let number): number")
        writer.line("}")
      }
    }
  }
}
