/// A stored property of a generated struct: a field, or a oneof in the place of its first member.
struct Property {
  let name: String
  let type: String
  /// Its default, written in Swift.
  let value: String
  let comment: [String]
}

extension Generator {
  func properties(of message: ProtoMessage) -> [Property] {
    var properties: [Property] = []
    var placed: Set<String> = []
    for field in message.fields {
      if let oneof = message.oneofs.first(where: { $0.name == field.oneof }) {
        guard placed.insert(oneof.name).inserted else { continue }
        properties.append(
          Property(
            name: SwiftName.property(oneof.name), type: SwiftName.type(oneof.name) + "?", value: "nil",
            comment: oneof.comment))
      } else {
        properties.append(property(field, in: message.fullName))
      }
    }
    return properties
  }

  private func property(_ field: ProtoField, in scope: String) -> Property {
    let element = elementType(field, in: scope)
    let name = SwiftName.property(field.name)
    if field.isRepeated { return Property(name: name, type: "[\(element)]", value: "[]", comment: field.comment) }
    let value: String
    switch field.kind {
    case .number: value = "0"
    case .bool: value = "false"
    case .string: value = "\"\""
    case .bytes: value = "[]"
    case .enumeration(let name): value = "." + types.zeroCase(name)
    case .message: return Property(name: name, type: element + "?", value: "nil", comment: field.comment)
    }
    return Property(name: name, type: element, value: value, comment: field.comment)
  }

  /// The Swift type of one element of a field.
  func elementType(_ field: ProtoField, in scope: String) -> String {
    switch field.kind {
    case .number(let type): type
    case .bool: "Bool"
    case .string: "String"
    case .bytes: "[UInt8]"
    case .enumeration(let name), .message(let name): types.swiftName(name, in: scope)
    }
  }
}
