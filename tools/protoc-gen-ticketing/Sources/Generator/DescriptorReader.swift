import CDescriptor

/// Turns protobuf's descriptors into the generator's schema, or refuses what it does not take.
struct DescriptorReader {
  private let comments: CommentTable
  private let path: String

  static func read(
    _ descriptors: [UnsafeMutablePointer<Descriptor__FileDescriptorProto>], _ paths: [String]
  ) throws(Refusal) -> [ProtoFile] {
    var files: [ProtoFile] = []
    for path in paths {
      guard let file = descriptors.first(where: { text($0.pointee.name) == path }) else {
        throw Refusal("\(path) is not in the descriptor set.")
      }
      files.append(try DescriptorReader(file.pointee).file(file.pointee))
    }
    return files
  }

  private init(_ file: Descriptor__FileDescriptorProto) {
    path = Self.text(file.name)
    comments = CommentTable(file)
  }

  private func file(_ file: Descriptor__FileDescriptorProto) throws(Refusal) -> ProtoFile {
    let package = Self.text(file.package)
    let read = ProtoFile(
      path: path,
      package: package,
      comment: comments[[12]],
      messages: try messages(file.message_type, file.n_message_type, in: package, at: [4]),
      enums: enums(file.enum_type, file.n_enum_type, in: package, at: [5]),
      services: try services(file, in: package)
    )
    guard Self.text(file.syntax) == "proto3" else {
      throw Refusal("\(path) is not proto3: begin it with syntax = \"proto3\";")
    }
    return read
  }

  private func messages(
    _ start: UnsafeMutablePointer<UnsafeMutablePointer<Descriptor__DescriptorProto>?>?, _ count: Int,
    in scope: String, at location: [Int32]
  ) throws(Refusal) -> [ProtoMessage] {
    var read: [ProtoMessage] = []
    for (index, message) in elements(start, count).enumerated() where message.pointee.options?.pointee.map_entry != 1 {
      read.append(try self.message(message.pointee, in: scope, at: location + [Int32(index)]))
    }
    return read
  }

  private func message(
    _ message: Descriptor__DescriptorProto, in scope: String, at location: [Int32]
  ) throws(Refusal) -> ProtoMessage {
    let fullName = scope + "." + Self.text(message.name)
    let oneofs = elements(message.oneof_decl, message.n_oneof_decl).enumerated().map { index, oneof in
      ProtoOneof(
        fullName: fullName + "." + Self.text(oneof.pointee.name),
        name: Self.text(oneof.pointee.name),
        comment: comments[location + [8, Int32(index)]])
    }
    let mapEntries = elements(message.nested_type, message.n_nested_type)
      .filter { $0.pointee.options?.pointee.map_entry == 1 }
      .map { "." + fullName + "." + Self.text($0.pointee.name) }
    var fields: [ProtoField] = []
    for (index, field) in elements(message.field, message.n_field).enumerated() {
      let name = fullName + "." + Self.text(field.pointee.name)
      if mapEntries.contains(Self.text(field.pointee.type_name)) {
        throw Refusal("\(path): \(name) is a map: use a repeated message with a key and a value.")
      }
      let comment = comments[location + [2, Int32(index)]]
      fields.append(try self.field(field.pointee, fullName: name, oneofs: oneofs, comment: comment))
    }
    return ProtoMessage(
      fullName: fullName,
      name: Self.text(message.name),
      comment: comments[location],
      fields: fields,
      oneofs: oneofs,
      messages: try messages(message.nested_type, message.n_nested_type, in: fullName, at: location + [3]),
      enums: enums(message.enum_type, message.n_enum_type, in: fullName, at: location + [4])
    )
  }

  private func field(
    _ field: Descriptor__FieldDescriptorProto, fullName: String, oneofs: [ProtoOneof], comment: [String]
  ) throws(Refusal) -> ProtoField {
    if field.proto3_optional == 1 {
      throw Refusal(
        "\(path): \(fullName) is `optional`, which protoc-c 1.4 does not take: put it into a oneof of its own, "
          + "which has the same bytes.")
    }
    let typeName = String(Self.text(field.type_name).drop { $0 == "." })
    let kind: ProtoField.Kind
    switch field.type {
    case FieldType.bool: kind = .bool
    case FieldType.string: kind = .string
    case FieldType.bytes: kind = .bytes
    case FieldType.enumeration: kind = .enumeration(typeName)
    case FieldType.message: kind = .message(typeName)
    case FieldType.group: throw Refusal("\(path): \(fullName) is a group: use a message.")
    default:
      guard let number = FieldType.numbers[field.type] else {
        throw Refusal("\(path): \(fullName) has the unknown field type \(field.type).")
      }
      kind = .number(number)
    }
    let oneof = Int(field.oneof_index)
    return ProtoField(
      fullName: fullName,
      name: Self.text(field.name),
      number: field.number,
      kind: kind,
      isRepeated: field.label == FieldType.repeatedLabel,
      oneof: field.has_oneof_index == 1 && oneofs.indices.contains(oneof) ? oneofs[oneof].name : nil,
      comment: comment
    )
  }

  private func enums(
    _ start: UnsafeMutablePointer<UnsafeMutablePointer<Descriptor__EnumDescriptorProto>?>?, _ count: Int,
    in scope: String, at location: [Int32]
  ) -> [ProtoEnum] {
    elements(start, count).enumerated().map { index, enumeration in
      let at = location + [Int32(index)]
      let values = elements(enumeration.pointee.value, enumeration.pointee.n_value).enumerated().map { index, value in
        ProtoEnum.Value(
          name: Self.text(value.pointee.name),
          number: value.pointee.number,
          comment: comments[at + [2, Int32(index)]])
      }
      let name = Self.text(enumeration.pointee.name)
      return ProtoEnum(fullName: scope + "." + name, name: name, comment: comments[at], values: values)
    }
  }

  private func services(_ file: Descriptor__FileDescriptorProto, in package: String) throws(Refusal) -> [ProtoService] {
    var services: [ProtoService] = []
    for (index, service) in elements(file.service, file.n_service).enumerated() {
      let fullName = package + "." + Self.text(service.pointee.name)
      var methods: [ProtoService.Method] = []
      for (number, method) in elements(service.pointee.method, service.pointee.n_method).enumerated() {
        let name = Self.text(method.pointee.name)
        if method.pointee.client_streaming == 1 {
          throw Refusal("\(path): \(fullName).\(name) streams requests: only responses can be streamed.")
        }
        methods.append(
          ProtoService.Method(
            name: name,
            request: String(Self.text(method.pointee.input_type).drop { $0 == "." }),
            response: String(Self.text(method.pointee.output_type).drop { $0 == "." }),
            streamsResponses: method.pointee.server_streaming == 1,
            comment: comments[[6, Int32(index), 2, Int32(number)]]))
      }
      services.append(
        ProtoService(
          fullName: fullName,
          name: Self.text(service.pointee.name),
          comment: comments[[6, Int32(index)]],
          methods: methods))
    }
    return services
  }

  private static func text(_ string: UnsafeMutablePointer<CChar>?) -> String {
    string.map { String(cString: $0) } ?? ""
  }
}
