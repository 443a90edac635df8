/// The codec: each message copied from and into the C struct that protoc-c made for it.
extension Generator {
  func codecFile(_ file: ProtoFile) -> String {
    var writer = swiftWriter(from: file.path)
    let modules = [options.cModule, "CProtobufC"].map { "internal import \($0)" }
    for line in (modules + ["import NIOCore", "import RPC"] + options.imports).sorted(by: moduleOrder) {
      writer.line(line)
    }
    for message in file.messages { write(message, &writer) }
    for enumeration in file.enums { write(enumeration, &writer) }
    return writer.text
  }

  private func moduleOrder(_ left: String, _ right: String) -> Bool {
    (left.contains("@testable") ? 1 : 0, left.split(separator: " ").last ?? "")
      < (right.contains("@testable") ? 1 : 0, right.split(separator: " ").last ?? "")
  }

  private func write(_ message: ProtoMessage, _ writer: inout SourceWriter) {
    let name = types.qualifiedName(message.fullName)
    let cStruct = "UnsafeMutablePointer<\(CName.type(message.fullName))>"
    writer.line()
    writer.block("extension \(name)") { writer in
      writer.block("\(options.access)init(decoding bytes: UnsafeRawBufferPointer) throws") {
        $0.line("self = try Self.decode(bytes)")
      }
      writer.line()
      writer.block("\(options.access)func encode(into buffer: inout ByteBuffer) throws") {
        $0.line("try encodeMessage(into: &buffer)")
      }
    }
    writer.line()
    writer.block("extension \(name): CMessageConvertible") { writer in
      writer.line("static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {")
      writer.indented { $0.line("\(CName.descriptor(message.fullName))_address()") }
      writer.line("}")
      writer.line()
      guard !message.fields.isEmpty else {
        writer.line("init(copying message: \(cStruct)) throws {}")
        writer.line()
        return writer.call("func fill", ["_ message: \(cStruct)", "from arena: inout MessageArena"], " throws {}")
      }
      writer.block("init(copying message: \(cStruct)) throws") { writer in
        for field in message.plainFields { writeDecoding(field, &writer) }
        for oneof in message.oneofs { writeDecoding(oneof, of: message, &writer) }
      }
      writer.line()
      writer.call("func fill", ["_ message: \(cStruct)", "from arena: inout MessageArena"], " throws {")
      writer.indented { writer in
        for field in message.plainFields { writeEncoding(field, &writer) }
        for oneof in message.oneofs { writeEncoding(oneof, of: message, &writer) }
      }
      writer.line("}")
    }
    for nested in message.messages { write(nested, &writer) }
    for enumeration in message.enums { write(enumeration, &writer) }
  }

  private func write(_ enumeration: ProtoEnum, _ writer: inout SourceWriter) {
    writer.line()
    writer.line("extension \(types.qualifiedName(enumeration.fullName)): CEnumConvertible {}")
  }

  private func writeDecoding(_ field: ProtoField, _ writer: inout SourceWriter) {
    let property = SwiftName.property(field.name)
    let member = "message.pointee.\(CName.field(field.name))"
    if field.isRepeated {
      let count = "message.pointee.n_\(CName.field(field.name))"
      switch field.kind {
      case .string:
        writer.call(
          "\(property) = try [String]", ["copying: \(member)", "count: \(count)", "of: \"\(field.fullName)\""], "")
      case .message: writer.call("\(property) = try Array", ["copying: \(member)", "count: \(count)"], "")
      default: writer.call("\(property) = Array", ["copying: \(member)", "count: \(count)"], "")
      }
    } else if case .message = field.kind {
      writer.line("\(property) = try \(member).map { try \(typeName(field))(copying: $0) }")
    } else if case .string = field.kind {
      writer.call("\(property) = try String", ["copying: \(member)", "of: \"\(field.fullName)\""], "")
    } else {
      writer.line("\(property) = \(singular(field, member))")
    }
  }

  /// One element of a field, read from a member of the C struct.
  private func singular(_ field: ProtoField, _ member: String) -> String {
    switch field.kind {
    case .number: member
    case .bool: "\(member) != 0"
    case .string: "try String(copying: \(member), of: \"\(field.fullName)\")"
    case .bytes: "[UInt8](copying: \(member))"
    case .enumeration: "\(typeName(field))(copying: \(member))"
    case .message: "try \(typeName(field))(copying: \(member))"
    }
  }

  private func writeDecoding(_ oneof: ProtoOneof, of message: ProtoMessage, _ writer: inout SourceWriter) {
    writer.line("\(SwiftName.property(oneof.name)) =")
    writer.indented { writer in
      writer.line("switch message.pointee.\(CName.oneofCase(oneof.name)).rawValue {")
      for field in message.members(of: oneof) {
        var value = singular(field, "message.pointee.\(CName.field(field.name))")
        let isThrowing = value.hasPrefix("try ")
        if isThrowing { value.removeFirst(4) }
        writer.line("case \(field.number): \(isThrowing ? "try " : "").\(SwiftName.property(field.name))(\(value))")
      }
      writer.line("default: nil")
      writer.line("}")
    }
  }

  private func writeEncoding(_ field: ProtoField, _ writer: inout SourceWriter) {
    let property = SwiftName.property(field.name)
    let member = CName.field(field.name)
    guard field.isRepeated else {
      if case .message = field.kind {
        return writer.line("message.pointee.\(member) = try arena.optional(\(property))")
      }
      return writer.line("message.pointee.\(member) = \(placed(field, property))")
    }
    writer.line("message.pointee.n_\(member) = \(property).count")
    let value =
      switch field.kind {
      case .number: "try arena.numbers(\(property))"
      case .bool: "try arena.elements(\(property)) { $0 ? 1 : 0 }"
      case .string: "try arena.strings(\(property))"
      case .bytes: "try arena.byteArrays(\(property))"
      case .enumeration:
        "try arena.elements(\(property)) { .init(rawValue: .init(truncatingIfNeeded: $0.rawValue)) }"
      case .message: "try arena.messages(\(property))"
      }
    writer.line("message.pointee.\(member) = \(value)")
  }

  /// One element as the C struct holds it.
  private func placed(_ field: ProtoField, _ value: String) -> String {
    switch field.kind {
    case .number: value
    case .bool: "\(value) ? 1 : 0"
    case .string: "try arena.string(\(value))"
    case .bytes: "try arena.bytes(\(value))"
    case .enumeration: ".init(rawValue: .init(truncatingIfNeeded: \(value).rawValue))"
    case .message: "try arena.message(\(value))"
    }
  }

  private func writeEncoding(_ oneof: ProtoOneof, of message: ProtoMessage, _ writer: inout SourceWriter) {
    writer.line("switch \(SwiftName.property(oneof.name)) {")
    for field in message.members(of: oneof) {
      writer.line("case .\(SwiftName.property(field.name))(let value)?:")
      writer.indented { writer in
        writer.line("message.pointee.\(CName.oneofCase(oneof.name)) = .init(rawValue: \(field.number))")
        writer.line("message.pointee.\(CName.field(field.name)) = \(placed(field, "value"))")
      }
    }
    writer.line("case nil: break")
    writer.line("}")
  }

  /// The type of a message or enum field: from the namespace on, since an extension does not see what is around the type
  /// that it extends.
  private func typeName(_ field: ProtoField) -> String {
    switch field.kind {
    case .message(let name), .enumeration(let name): types.qualifiedName(name)
    default: ""
    }
  }
}
