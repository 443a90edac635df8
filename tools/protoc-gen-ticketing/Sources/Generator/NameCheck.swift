/// Refuses names that would meet in Swift though they differ in the .proto.
struct NameCheck {
  static func check(_ files: [ProtoFile]) throws(Refusal) {
    /// Namespace and type -> what it is made from.
    var types: [String: String] = [:]
    for file in files {
      let check = NameCheck(path: file.path)
      for message in file.messages { try check.message(message) }
      for enumeration in file.enums { try check.enumeration(enumeration) }
      var made = file.messages.map { ($0.name, $0.fullName) } + file.enums.map { ($0.name, $0.fullName) }
      for service in file.services {
        made += ["Protocol", "Client", "Methods"].map { (service.name + $0, service.fullName) }
        try check.unique(service.methods.map { (SwiftName.method($0.name), service.fullName + "." + $0.name) })
      }
      for (name, origin) in made {
        if let other = types.updateValue(origin, forKey: file.package + "." + name) {
          throw Refusal("\(file.path): \(origin) and \(other) would both be \(name) in Swift: rename one.")
        }
      }
    }
  }

  private let path: String

  private func message(_ message: ProtoMessage) throws(Refusal) {
    try type(message.name, message.fullName)
    try unique(
      message.plainFields.map { (SwiftName.property($0.name), $0.fullName) }
        + message.oneofs.map { (SwiftName.property($0.name), $0.fullName) })
    try unique(
      message.messages.map { ($0.name, $0.fullName) } + message.enums.map { ($0.name, $0.fullName) }
        + message.oneofs.map { (SwiftName.type($0.name), $0.fullName) })
    for oneof in message.oneofs {
      try type(SwiftName.type(oneof.name), oneof.fullName)
      try unique(message.members(of: oneof).map { (SwiftName.property($0.name), $0.fullName) })
    }
    for nested in message.messages { try self.message(nested) }
    for enumeration in message.enums { try self.enumeration(enumeration) }
  }

  private func enumeration(_ enumeration: ProtoEnum) throws(Refusal) {
    try type(enumeration.name, enumeration.fullName)
    let values = enumeration.values.map {
      (SwiftName.enumCase($0.name, of: enumeration.name), enumeration.fullName + "." + $0.name)
    }
    try unique([("unrecognized", "the case for unknown numbers"), ("rawValue", "the number")] + values)
  }

  private func type(_ name: String, _ fullName: String) throws(Refusal) {
    if SwiftName.reservedTypes.contains(name) {
      throw Refusal("\(path): \(fullName) would hide \(name), which generated Swift uses: rename it.")
    }
  }

  private func unique(_ names: [(swift: String, origin: String)]) throws(Refusal) {
    var seen: [String: String] = [:]
    for (swift, origin) in names {
      if let other = seen.updateValue(origin, forKey: swift) {
        throw Refusal("\(path): \(origin) and \(other) would both be \(swift) in Swift: rename one.")
      }
    }
  }
}
