/// One .proto file as far as code is generated from it: checked, in the order of the file.
struct ProtoFile {
  /// Path relative to the import root, such as `ticketing/tickets/v1/tickets.proto`.
  let path: String
  let package: String
  /// The comment above `syntax`.
  let comment: [String]
  let messages: [ProtoMessage]
  let enums: [ProtoEnum]
  let services: [ProtoService]
}

struct ProtoMessage {
  let fullName: String
  let name: String
  let comment: [String]
  let fields: [ProtoField]
  let oneofs: [ProtoOneof]
  let messages: [ProtoMessage]
  let enums: [ProtoEnum]

  /// Fields outside of any oneof.
  var plainFields: [ProtoField] { fields.filter { $0.oneof == nil } }

  func members(of oneof: ProtoOneof) -> [ProtoField] { fields.filter { $0.oneof == oneof.name } }
}

struct ProtoField {
  /// What one element of the field holds.
  enum Kind: Equatable {
    /// A number, with the name of its Swift type, which is its type in the C struct too.
    case number(String)
    case bool
    case string
    case bytes
    /// The enum's full name.
    case enumeration(String)
    /// The message's full name.
    case message(String)
  }

  let fullName: String
  let name: String
  let number: Int32
  let kind: Kind
  let isRepeated: Bool
  /// The name of the oneof that it is a member of.
  let oneof: String?
  let comment: [String]
}

struct ProtoOneof {
  let fullName: String
  let name: String
  let comment: [String]
}

struct ProtoEnum {
  struct Value {
    let name: String
    let number: Int32
    let comment: [String]
  }

  let fullName: String
  let name: String
  let comment: [String]
  let values: [Value]
}

struct ProtoService {
  struct Method {
    let name: String
    /// Full names of messages.
    let request: String
    let response: String
    let streamsResponses: Bool
    let comment: [String]
  }

  let fullName: String
  let name: String
  let comment: [String]
  let methods: [Method]
}

/// A construct that the generator does not take; the sentence names it and says what to write instead.
public struct Refusal: Error, Equatable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
