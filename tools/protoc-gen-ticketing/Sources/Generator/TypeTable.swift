/// The Swift and C names of every message and enum that is generated, and the checks that need all of them.
struct TypeTable {
  /// Where a type is found in Swift: `TicketsV1` and `["Ticket"]`.
  private struct Place {
    let namespace: String
    let path: [String]
    let fieldTypes: [String]
  }

  private var places: [String: Place] = [:]
  /// Every type with its namespace, the enums of oneofs with them.
  private var declared: Set<[String]> = []
  /// Namespace -> package.
  private(set) var namespaces: [String: String] = [:]
  /// Full names of enums -> the Swift case of number 0.
  private var zeroCases: [String: String] = [:]

  init(_ files: [ProtoFile]) throws(Refusal) {
    for file in files {
      guard let namespace = SwiftName.namespace(ofPackage: file.package) else {
        throw Refusal(
          "\(file.path): the package \"\(file.package)\" needs a name and a version, as in ticketing.tickets.v1.")
      }
      if let other = namespaces.updateValue(file.package, forKey: namespace), other != file.package {
        throw Refusal("\(file.path): \(file.package) and \(other) would both be \(namespace) in Swift: rename one.")
      }
      for message in file.messages { add(message, namespace, []) }
      for enumeration in file.enums { add(enumeration, namespace, []) }
    }
    for file in files {
      for message in file.messages { try check(message, in: file) }
    }
  }

  /// The shortest Swift name that finds a type from inside of `scope`, which is a message's full name or a package.
  func swiftName(_ fullName: String, in scope: String) -> String {
    guard let place = places[fullName] else { return fullName }
    let around = places[scope]?.path ?? []
    let namespace = places[scope]?.namespace ?? namespaces.first { $0.value == scope }?.key
    if namespace == place.namespace {
      for depth in stride(from: place.path.count - 1, through: 0, by: -1)
      where place.path.prefix(depth) == around.prefix(depth) {
        let target = Array(place.path.prefix(depth + 1))
        if find(place.path[depth], from: around, in: place.namespace) == target {
          return place.path.dropFirst(depth).joined(separator: ".")
        }
      }
    }
    return qualifiedName(fullName)
  }

  /// The name from the namespace on: `TicketsV1.Ticket`.
  func qualifiedName(_ fullName: String) -> String {
    guard let place = places[fullName] else { return fullName }
    return ([place.namespace] + place.path).joined(separator: ".")
  }

  /// The case of a new message's enum field.
  func zeroCase(_ fullName: String) -> String { zeroCases[fullName] ?? "init(rawValue: 0)" }

  private mutating func add(_ message: ProtoMessage, _ namespace: String, _ path: [String]) {
    let path = path + [message.name]
    let fieldTypes = message.fields.compactMap { field -> String? in
      if case .message(let name) = field.kind { name } else { nil }
    }
    places[message.fullName] = Place(namespace: namespace, path: path, fieldTypes: fieldTypes)
    declared.insert([namespace] + path)
    for oneof in message.oneofs { declared.insert([namespace] + path + [SwiftName.type(oneof.name)]) }
    for nested in message.messages { add(nested, namespace, path) }
    for enumeration in message.enums { add(enumeration, namespace, path) }
  }

  private mutating func add(_ enumeration: ProtoEnum, _ namespace: String, _ path: [String]) {
    let path = path + [enumeration.name]
    places[enumeration.fullName] = Place(namespace: namespace, path: path, fieldTypes: [])
    declared.insert([namespace] + path)
    if let zero = enumeration.values.first(where: { $0.number == 0 }) {
      zeroCases[enumeration.fullName] = SwiftName.enumCase(zero.name, of: enumeration.name)
    }
  }

  /// The type that Swift takes a name for: the one declared in the nearest scope around.
  private func find(_ name: String, from scope: [String], in namespace: String) -> [String]? {
    for depth in stride(from: scope.count, through: 0, by: -1) {
      let candidate = Array(scope.prefix(depth)) + [name]
      if declared.contains([namespace] + candidate) { return candidate }
    }
    return nil
  }

  private func check(_ message: ProtoMessage, in file: ProtoFile) throws(Refusal) {
    for field in message.fields {
      switch field.kind {
      case .message(let name), .enumeration(let name):
        guard places[name] != nil else {
          throw Refusal("\(file.path): the type of \(field.fullName), \(name), is in a file that is not generated.")
        }
        if reaches(message.fullName, from: name, seen: []) {
          throw Refusal(
            "\(file.path): \(field.fullName) makes \(message.fullName) contain itself: "
              + "decoding has no depth limit, refer to it by id or use a flat list.")
        }
      default: break
      }
    }
    for nested in message.messages { try check(nested, in: file) }
  }

  private func reaches(_ target: String, from name: String, seen: Set<String>) -> Bool {
    if name == target { return true }
    if seen.contains(name) { return false }
    return (places[name]?.fieldTypes ?? []).contains { reaches(target, from: $0, seen: seen.union([name])) }
  }
}
