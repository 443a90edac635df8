import CHiredis

/// Assembles one `RESPValue` from the reader's callbacks, without the tree of C objects that they are meant for.
///
/// A structure behind a pointer that the callbacks get as their private data: as an object it would cost a dynamic
/// exclusivity check and a reference count per property and element, a tenth of a client's time for `HGETALL`.
struct ReplyBuilder {
  /// An array whose elements are still arriving.
  private struct Frame {
    var elements: [RESPValue] = []
    /// 0: no array has begun.
    var missing = 0
  }

  /// Set when a reply is whole, taken by the parser.
  var result: RESPValue?
  /// Why the builder refused; the reader itself would only say `Out of memory`.
  private(set) var violation: String?

  private let reader: UnsafeMutablePointer<redisReader>
  private let limits: ReplyLimits
  /// The innermost array, and those around it.
  private var frame = Frame()
  private var outer: [Frame] = []
  private var elementCount = 0
  private var byteCount = 0
  private var storage: RedisBytes.Storage?
  private var storageUsed = 0

  /// `reader` outlives the builder.
  init(reader: UnsafeMutablePointer<redisReader>, limits: ReplyLimits) {
    self.reader = reader
    self.limits = limits
  }

  var isInsideArray: Bool { frame.missing > 0 }

  /// Strings of one read share a storage; the next read starts another, so that a value pins only its own read.
  mutating func startRead() { storage = nil }

  mutating func beginArray(count: Int) -> Bool {
    guard countElement() else { return false }
    guard count >= 0, count <= limits.elements - elementCount else {
      return refuse("an array of \(count) elements, more than the \(limits.elements) that a reply may have")
    }
    if count == 0 { return append(.array([])) }
    if isInsideArray { outer.append(frame) }
    frame = Frame(missing: count)
    // A header costs its sender ten bytes; memory beyond a page's worth is taken as elements really arrive.
    frame.elements.reserveCapacity(min(count, 256))
    return true
  }

  mutating func addString(_ type: Int32, _ bytes: UnsafeRawBufferPointer) -> Bool {
    guard countElement() else { return false }
    guard bytes.count <= limits.bulkBytes else {
      return refuse("a string of \(bytes.count) bytes, more than the \(limits.bulkBytes) allowed")
    }
    let (total, overflowed) = byteCount.addingReportingOverflow(bytes.count)
    guard !overflowed, total <= limits.replyBytes else {
      return refuse("a reply of more than \(limits.replyBytes) bytes")
    }
    byteCount = total
    switch type {
    case REDIS_REPLY_STATUS: return append(.simple(String(decoding: bytes, as: UTF8.self)))
    case REDIS_REPLY_ERROR: return append(.error(String(decoding: bytes, as: UTF8.self)))
    default: return append(.bulk(copy(bytes)))
    }
  }

  mutating func add(_ value: RESPValue) -> Bool { countElement() && append(value) }

  mutating func refuse(_ reason: String) -> Bool {
    violation = violation ?? reason
    return false
  }

  private mutating func countElement() -> Bool {
    if !isInsideArray {
      elementCount = 0
      byteCount = 0
    }
    elementCount += 1
    return elementCount <= limits.elements || refuse("a reply of more than \(limits.elements) elements")
  }

  private mutating func append(_ value: RESPValue) -> Bool {
    var value = value
    while isInsideArray {
      frame.elements.append(value)
      frame.missing -= 1
      if frame.missing > 0 { return true }
      value = .array(frame.elements)
      frame = outer.popLast() ?? Frame()
    }
    result = value
    return true
  }

  private mutating func copy(_ bytes: UnsafeRawBufferPointer) -> RedisBytes {
    let target: RedisBytes.Storage
    if let storage, bytes.count <= storage.base.count - storageUsed {
      target = storage
    } else {
      // What the reader holds is the most that the strings of this read can need.
      target = RedisBytes.Storage(capacity: max(bytes.count, reader.pointee.len - reader.pointee.pos))
      storage = target
      storageUsed = 0
    }
    let start = storageUsed
    UnsafeMutableRawBufferPointer(rebasing: target.base[start..<start + bytes.count]).copyMemory(from: bytes)
    storageUsed += bytes.count
    return RedisBytes(storage: target, start: start, count: bytes.count)
  }
}
