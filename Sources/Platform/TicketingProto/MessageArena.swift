internal import CProtobufC

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The memory of one decode or encode: handed out from front to back and given back all at once.
///
/// Small messages live in the caller's stack frame and cost no allocation; larger ones in blocks that double in size.
/// Running over the limit answers nil once and for all, which protobuf-c takes for being out of memory.
struct MessageArena: ~Copyable {
  /// Larger temporary buffers come from the heap in any case.
  private static let stackBytes = 1024
  private static let firstBlockBytes = 8 << 10
  private static let alignment = 8

  private var next: UnsafeMutableRawPointer?
  /// Bytes left behind `next`.
  private var room: Int
  /// Bytes that may still be handed out.
  private var budget: Int
  /// The newest block; the first word of each points to the one before.
  private var block: UnsafeMutableRawPointer?
  private var blockBytes = firstBlockBytes
  private(set) var isExhausted = false

  /// Runs `body` with an arena whose memory is gone when it returns.
  static func with<Result>(limit: Int, _ body: (inout MessageArena) throws -> Result) rethrows -> Result {
    try withUnsafeTemporaryAllocation(byteCount: stackBytes, alignment: alignment) { stack in
      var arena = MessageArena(stack, limit: limit)
      defer { arena.freeBlocks() }
      return try body(&arena)
    }
  }

  private init(_ memory: UnsafeMutableRawBufferPointer, limit: Int) {
    next = memory.baseAddress
    room = memory.count
    budget = limit
  }

  /// Uninitialised memory, aligned for any field; nil where the limit is reached or the system has none.
  mutating func allocate(byteCount: Int) -> UnsafeMutableRawPointer? {
    guard !isExhausted, byteCount >= 0, byteCount <= budget else {
      isExhausted = true
      return nil
    }
    let rounded = (byteCount + Self.alignment - 1) & ~(Self.alignment - 1)
    if rounded > room, !addBlock(holding: rounded) {
      isExhausted = true
      return nil
    }
    let start = next
    next = start?.advanced(by: rounded)
    room -= rounded
    budget = max(0, budget - rounded)
    return start
  }

  private mutating func addBlock(holding byteCount: Int) -> Bool {
    let payload = max(byteCount, min(blockBytes, budget))
    guard let memory = malloc(payload + Self.alignment) else { return false }
    memory.storeBytes(of: block, as: UnsafeMutableRawPointer?.self)
    block = memory
    blockBytes *= 2
    next = memory.advanced(by: Self.alignment)
    room = payload
    return true
  }

  private mutating func freeBlocks() {
    while let memory = block {
      block = memory.load(as: UnsafeMutableRawPointer?.self)
      free(memory)
    }
  }
}

extension MessageArena {
  /// The C struct of an encoded message, or nil where the bytes are none or the limit is reached.
  mutating func unpack(
    _ bytes: UnsafeRawBufferPointer, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>
  ) -> UnsafeMutableRawPointer? {
    withUnsafeMutablePointer(to: &self) { arena in
      var allocator = ProtobufCAllocator(
        alloc: { arena, byteCount in
          arena?.assumingMemoryBound(to: MessageArena.self).pointee.allocate(byteCount: byteCount)
        },
        free: { _, _ in },
        allocator_data: UnsafeMutableRawPointer(arena)
      )
      let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
      return UnsafeMutableRawPointer(protobuf_c_message_unpack(descriptor, &allocator, bytes.count, start))
    }
  }
}
