internal import CProtobufC
import RPC

/// A message as names and values, by protobuf-c's own description of it: for those who show messages and do not
/// otherwise know them.
package struct DecodedMessage: Sendable, Hashable {
  package struct Field: Sendable, Hashable {
    /// As in the .proto.
    package let name: String
    package let value: Value
  }

  package indirect enum Value: Sendable, Hashable {
    case text(String)
    /// Not UTF-8.
    case bytes([UInt8])
    case integer(Int64)
    case unsigned(UInt64)
    case number(Double)
    case boolean(Bool)
    /// Of an enum: the value's name in the .proto.
    case name(String)
    case message(DecodedMessage)
    case list([Value])
  }

  /// In the order of their numbers. Absent messages, and members of a oneof that are not set, are left out.
  package let fields: [Field]

  /// Throws `MessageError` for bytes that are no message of `type`, which must be a generated one.
  package init(decoding bytes: UnsafeRawBufferPointer, as type: any RPCMessage.Type) throws {
    guard let descriptor = (type as? any CMessageConvertible.Type)?.descriptor else {
      throw MessageError("\(type) is not generated.")
    }
    self = try MessageArena.with(limit: MessageLimits.decodedBytes) { arena in
      guard let message = arena.unpack(bytes, descriptor) else {
        throw MessageError("\(bytes.count) bytes are no \(String(cString: descriptor.pointee.name)).")
      }
      return DecodedMessage(UnsafeRawPointer(message), descriptor.pointee)
    }
  }

  package subscript(name: String) -> Value? { fields.first { $0.name == name }?.value }

  private init(_ message: UnsafeRawPointer, _ descriptor: ProtobufCMessageDescriptor) {
    let descriptors = UnsafeBufferPointer(start: descriptor.fields, count: Int(descriptor.n_fields))
    fields = descriptors.compactMap { field in
      Value(message, field).map { Field(name: String(cString: field.name), value: $0) }
    }
  }
}

extension DecodedMessage.Value {
  /// nil where the field is not set.
  fileprivate init?(_ message: UnsafeRawPointer, _ field: ProtobufCFieldDescriptor) {
    let member = message + Int(field.offset)
    let quantifier = message + Int(field.quantifier_offset)
    if field.label == PROTOBUF_C_LABEL_REPEATED {
      let start = member.load(as: UnsafeRawPointer?.self)
      let count = start == nil ? 0 : quantifier.load(as: Int.self)
      self = .list(
        (0..<count).compactMap { index in
          start.flatMap { Self(element: $0 + index * Self.stride(of: field.type), field) }
        })
      return
    }
    // A message says by itself whether it is there.
    if field.flags & UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue) != 0, quantifier.load(as: UInt32.self) != field.id {
      return nil
    }
    self.init(element: member, field)
  }

  private static func stride(of type: ProtobufCType) -> Int {
    switch type {
    case PROTOBUF_C_TYPE_BYTES: MemoryLayout<ProtobufCBinaryData>.stride
    case PROTOBUF_C_TYPE_INT32, PROTOBUF_C_TYPE_SINT32, PROTOBUF_C_TYPE_SFIXED32, PROTOBUF_C_TYPE_UINT32,
      PROTOBUF_C_TYPE_FIXED32, PROTOBUF_C_TYPE_FLOAT, PROTOBUF_C_TYPE_BOOL, PROTOBUF_C_TYPE_ENUM:
      4
    default: 8
    }
  }

  private init?(element: UnsafeRawPointer, _ field: ProtobufCFieldDescriptor) {
    switch field.type {
    case PROTOBUF_C_TYPE_INT32, PROTOBUF_C_TYPE_SINT32, PROTOBUF_C_TYPE_SFIXED32:
      self = .integer(Int64(element.load(as: Int32.self)))
    case PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_SINT64, PROTOBUF_C_TYPE_SFIXED64:
      self = .integer(element.load(as: Int64.self))
    case PROTOBUF_C_TYPE_UINT32, PROTOBUF_C_TYPE_FIXED32: self = .unsigned(UInt64(element.load(as: UInt32.self)))
    case PROTOBUF_C_TYPE_UINT64, PROTOBUF_C_TYPE_FIXED64: self = .unsigned(element.load(as: UInt64.self))
    case PROTOBUF_C_TYPE_FLOAT: self = .number(Double(element.load(as: Float.self)))
    case PROTOBUF_C_TYPE_DOUBLE: self = .number(element.load(as: Double.self))
    case PROTOBUF_C_TYPE_BOOL: self = .boolean(element.load(as: protobuf_c_boolean.self) != 0)
    case PROTOBUF_C_TYPE_ENUM: self = Self.named(element.load(as: Int32.self), field)
    case PROTOBUF_C_TYPE_BYTES: self = Self.textOrBytes(element.load(as: ProtobufCBinaryData.self))
    case PROTOBUF_C_TYPE_MESSAGE:
      guard let message = element.load(as: UnsafeRawPointer?.self),
        let descriptor = field.descriptor?.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
      else { return nil }
      self = .message(DecodedMessage(message, descriptor.pointee))
    // PROTOBUF_C_TYPE_STRING: all of ours are described as bytes.
    default: return nil
    }
  }

  private static func named(_ number: Int32, _ field: ProtobufCFieldDescriptor) -> Self {
    let descriptor = field.descriptor?.assumingMemoryBound(to: ProtobufCEnumDescriptor.self)
    guard let value = protobuf_c_enum_descriptor_get_value(descriptor, number) else { return .integer(Int64(number)) }
    return .name(String(cString: value.pointee.name))
  }

  private static func textOrBytes(_ data: ProtobufCBinaryData) -> Self {
    let bytes = UnsafeBufferPointer(start: data.data, count: data.len)
    return String(validating: bytes, as: UTF8.self).map { .text($0) } ?? .bytes(Array(bytes))
  }
}
