internal import CProtobufC
import RPC

/// Copies of Swift values where a C struct can point to them until it is encoded.
extension MessageArena {
  mutating func string(_ string: String) throws -> ProtobufCBinaryData {
    var string = string
    return try string.withUTF8 { try bytes(UnsafeRawBufferPointer($0)) }
  }

  mutating func bytes(_ bytes: [UInt8]) throws -> ProtobufCBinaryData {
    try bytes.withUnsafeBytes { try self.bytes($0) }
  }

  mutating func strings(_ strings: [String]) throws -> UnsafeMutablePointer<ProtobufCBinaryData>? {
    try place(strings) { string, arena in try arena.string(string) }
  }

  mutating func byteArrays(_ arrays: [[UInt8]]) throws -> UnsafeMutablePointer<ProtobufCBinaryData>? {
    try place(arrays) { bytes, arena in try arena.bytes(bytes) }
  }

  mutating func numbers<Number: BitwiseCopyable>(_ numbers: [Number]) throws -> UnsafeMutablePointer<Number>? {
    guard !numbers.isEmpty else { return nil }
    let start = try memory(for: Number.self, count: numbers.count)
    start.initialize(from: numbers, count: numbers.count)
    return start
  }

  /// An array of what `convert` makes of each element.
  mutating func elements<Element, Converted>(
    _ elements: [Element], _ convert: (Element) -> Converted
  ) throws -> UnsafeMutablePointer<Converted>? {
    try place(elements) { element, _ in convert(element) }
  }

  mutating func message<Message: CMessageConvertible>(
    _ message: Message
  ) throws -> UnsafeMutablePointer<Message.CMessage> {
    let start = try memory(for: Message.CMessage.self, count: 1)
    protobuf_c_message_init(Message.descriptor, start)
    try message.fill(start, from: &self)
    return start
  }

  mutating func optional<Message: CMessageConvertible>(
    _ message: Message?
  ) throws -> UnsafeMutablePointer<Message.CMessage>? {
    guard let message else { return nil }
    return try self.message(message)
  }

  mutating func messages<Message: CMessageConvertible>(
    _ messages: [Message]
  ) throws -> UnsafeMutablePointer<UnsafeMutablePointer<Message.CMessage>?>? {
    try place(messages) { message, arena in try arena.message(message) }
  }

  private mutating func bytes(_ bytes: UnsafeRawBufferPointer) throws -> ProtobufCBinaryData {
    guard let source = bytes.baseAddress, !bytes.isEmpty else { return ProtobufCBinaryData(len: 0, data: nil) }
    let start = try memory(for: UInt8.self, count: bytes.count)
    UnsafeMutableRawPointer(start).copyMemory(from: source, byteCount: bytes.count)
    return ProtobufCBinaryData(len: bytes.count, data: start)
  }

  private mutating func place<Element, Placed>(
    _ elements: [Element], _ make: (Element, inout MessageArena) throws -> Placed
  ) throws -> UnsafeMutablePointer<Placed>? {
    guard !elements.isEmpty else { return nil }
    let start = try memory(for: Placed.self, count: elements.count)
    for (index, element) in elements.enumerated() {
      (start + index).initialize(to: try make(element, &self))
    }
    return start
  }

  private mutating func memory<Value>(for type: Value.Type, count: Int) throws -> UnsafeMutablePointer<Value> {
    // An array of `count` elements exists, so that the product of the sizes is one that memory has.
    guard let start = allocate(byteCount: count * MemoryLayout<Value>.stride) else {
      throw MessageError("The message needs more than \(MessageLimits.encodingBytes) bytes of memory to encode.")
    }
    return start.bindMemory(to: Value.self, capacity: count)
  }
}
