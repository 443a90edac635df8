/// Swift names made from those of a .proto file.
enum SwiftName {
  /// `price_cents` -> `priceCents`, `user_id` -> `userID`; keywords in backticks.
  static func property(_ name: String) -> String {
    let words = words(name)
    return escaped((words.first ?? "") + words.dropFirst().map(capitalized).joined())
  }

  /// `created_by` -> `CreatedBy`.
  static func type(_ name: String) -> String { words(name).map(capitalized).joined() }

  /// `STATUS_NOT_SERVING` of an enum `Status` -> `notServing`.
  static func enumCase(_ name: String, of enumName: String) -> String {
    let prefix = snake(enumName) + "_"
    let lower = name.lowercased()
    let stripped = lower.hasPrefix(prefix) ? String(lower.dropFirst(prefix.count)) : lower
    // What is left may begin with a digit, as in SIZE_2X.
    return property(stripped.first?.isNumber == false ? stripped : lower)
  }

  /// `CreateTicket` -> `createTicket`.
  static func method(_ name: String) -> String {
    let head = name.prefix { $0.isUppercase }
    // An initialism keeps the capital that begins the next word: HTTPGet -> httpGet.
    let count = head.count > 1 && head.count < name.count ? head.count - 1 : head.count
    return escaped(name.prefix(count).lowercased() + name.dropFirst(count))
  }

  /// `ticketing.tickets.v1` -> `TicketsV1`.
  static func namespace(ofPackage package: String) -> String? {
    let parts = package.split(separator: ".")
    guard parts.count >= 2, let version = parts.last, version.first == "v",
      version.dropFirst().first?.isNumber == true
    else { return nil }
    return type(String(parts[parts.count - 2])) + capitalized(String(version))
  }

  /// Types that generated code names: a message of that name would hide them.
  static let reservedTypes: Set<String> = [
    "Any", "Array", "Bool", "ByteBuffer", "CMessage", "CallContext", "CallOptions", "Double", "Float", "Hashable",
    "Int32", "Int64", "MessageArena", "MethodDescriptor", "MethodRegistration", "Optional", "Protocol", "RPCChannel",
    "RPCMessage", "RawRepresentable", "ResponseStream", "ResponseWriter", "Self", "Sendable", "String", "Type",
    "UInt32", "UInt64", "UInt8", "UnsafeBufferPointer", "UnsafeMutablePointer", "UnsafePointer",
    "UnsafeRawBufferPointer",
  ]

  private static func words(_ name: String) -> [String] {
    name.split(separator: "_").map(String.init)
  }

  private static func capitalized(_ word: String) -> String {
    if ["id", "url", "http", "https"].contains(word) { return word.uppercased() }
    return word.prefix(1).uppercased() + word.dropFirst()
  }

  /// `ServingStatus` -> `serving_status`.
  private static func snake(_ name: String) -> String {
    var snake = ""
    var wasUpper = true
    for letter in name {
      if letter.isUppercase, !wasUpper { snake += "_" }
      snake += letter.lowercased()
      wasUpper = letter.isUppercase
    }
    return snake
  }

  private static func escaped(_ name: String) -> String {
    if unusable.contains(name) { return name + "_" }
    return keywords.contains(name) ? "`\(name)`" : name
  }

  /// Not to be had as a member's name, even in backticks, or one that a conformance of messages takes.
  private static let unusable: Set<String> = ["Protocol", "Type", "hashValue", "init", "self"]

  private static let keywords: Set<String> = [
    "Any", "Self", "as", "associatedtype", "await", "break", "case", "catch", "class", "continue", "default", "defer",
    "deinit", "do", "else", "enum", "extension", "fallthrough", "false", "fileprivate", "for", "func", "guard", "if",
    "import", "in", "inout", "internal", "is", "let", "nil", "operator", "package", "precedencegroup", "private",
    "protocol", "public", "repeat", "rethrows", "return", "static", "struct", "subscript", "super", "switch", "throw",
    "throws", "true", "try", "typealias", "var", "where", "while",
  ]
}

/// The names that protoc-c 1.4 gives to what it generates.
enum CName {
  /// `ticketing.tickets.v1.GetTicketRequest` -> `Ticketing__Tickets__V1__GetTicketRequest`.
  static func type(_ fullName: String) -> String {
    fullName.split(separator: ".").map { part in
      part.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }.joined(separator: "__")
  }

  /// `ticketing.tickets.v1.GetTicketRequest` -> `ticketing__tickets__v1__get_ticket_request__descriptor`.
  static func descriptor(_ fullName: String) -> String {
    fullName.split(separator: ".").map { lower(String($0)) }.joined(separator: "__") + "__descriptor"
  }

  /// The member of a C struct that holds a field: lower-cased, and with an underscore where it would be a keyword of
  /// C or C++, the struct's own first member, or a name that Swift cannot reach.
  static func field(_ name: String) -> String {
    let lower = name.lowercased()
    return taken.contains(lower) ? lower + "_" : lower
  }

  /// The member that tells which field of a oneof is set.
  static func oneofCase(_ name: String) -> String { name.lowercased() + "_case" }

  private static func lower(_ name: String) -> String {
    var lower = ""
    var wasUpper = true
    for letter in name {
      if letter.isUppercase, !wasUpper { lower += "_" }
      lower += letter.lowercased()
      wasUpper = letter.isUppercase
    }
    return lower
  }

  private static let taken: Set<String> = [
    "and", "and_eq", "asm", "auto", "base", "bitand", "bitor", "bool", "break", "case", "catch", "char", "class",
    "compl", "const", "const_cast", "continue", "default", "delete", "do", "double", "dynamic_cast", "else", "enum",
    "explicit", "extern", "false", "float", "for", "friend", "goto", "if", "init", "inline", "int", "long", "mutable",
    "namespace", "new", "not", "not_eq", "operator", "or", "or_eq", "private", "protected", "public", "register",
    "reinterpret_cast", "restrict", "return", "self", "short", "signed", "sizeof", "static", "static_cast", "struct",
    "switch", "template", "this", "throw", "true", "try", "typedef", "typeid", "typename", "union", "unsigned", "using",
    "virtual", "void", "volatile", "wchar_t", "while", "xor", "xor_eq",
  ]
}
