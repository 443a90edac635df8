import CHiredis
import NIOCore

/// hiredis' `redisReader` with bounds. Belongs to one connection; after an error it stays in error, because nothing
/// tells where the next reply would begin.
///
/// The reader (0.14 as 1.x) bounds nesting to 7 levels itself. What it leaves to us: array lengths up to 2^31-1, bulk
/// strings of any length, lines without an end (searched again from their start at every feed), and the two bytes
/// after a bulk string, which it skips unseen.
final class ReplyParser {
  private let reader: UnsafeMutablePointer<redisReader>
  private let builder: UnsafeMutablePointer<ReplyBuilder>
  private let limits: ReplyLimits

  init(limits: ReplyLimits) throws(RedisError) {
    guard let reader = redisReaderCreateWithFunctions(replyObjectFunctions) else {
      throw .protocolViolation("no memory for a reply reader")
    }
    self.reader = reader
    self.limits = limits
    builder = .allocate(capacity: 1)
    builder.initialize(to: ReplyBuilder(reader: reader, limits: limits))
    reader.pointee.privdata = UnsafeMutableRawPointer(builder)
  }

  deinit {
    redisReaderFree(reader)
    builder.deinitialize(count: 1)
    builder.deallocate()
  }

  /// Whether a reply has begun and not ended.
  var isInsideReply: Bool { builder.pointee.isInsideArray || reader.pointee.len > reader.pointee.pos }

  /// Calls `body` for each reply that `bytes` completes, in order.
  ///
  /// 16 KB at a time: the reader moves the rest of its buffer at every reply, 0.27 µs a reply with 16 KB in it, 10 µs
  /// with 6 MB.
  func feed(_ bytes: UnsafeRawBufferPointer, _ body: (RESPValue) throws(RedisError) -> Void) throws(RedisError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(16 * 1024))
      rest = rest.dropFirst(piece.count)
      guard redisReaderFeed(reader, piece.baseAddress, piece.count) == REDIS_OK else { throw failure() }
      builder.pointee.startRead()
      while true {
        guard redisReaderGetReply(reader, nil) == REDIS_OK else { throw failure() }
        guard let reply = builder.pointee.result.take() else { break }
        try body(reply)
      }
      try checkUnfinished()
    }
  }

  private func failure() -> RedisError {
    if let violation = builder.pointee.violation { return .protocolViolation(violation) }
    let text = withUnsafeBytes(of: &reader.pointee.errstr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return .protocolViolation(text)
  }

  /// What is left in the buffer is an item without its end. It is a line that has no CRLF yet, or a bulk string whose
  /// header is there (`<digits> CRLF` at its start) and whose bytes are not.
  private func checkUnfinished() throws(RedisError) {
    let unread = reader.pointee.len - reader.pointee.pos
    guard unread > 0, let buffer = reader.pointee.buf else { return }
    let item = UnsafeRawBufferPointer(start: buffer + reader.pointee.pos, count: unread)
    if let end = item.prefix(24).firstIndex(of: UInt8(ascii: "\r")), end + 1 < unread,
      item[end + 1] == UInt8(ascii: "\n"), let length = RedisBytes(item[..<end]).int64
    {
      if length > limits.bulkBytes {
        throw .protocolViolation("a string of \(length) bytes, more than the \(limits.bulkBytes) allowed")
      }
      // A header, its bytes and two CRLF: with less, the rest of a bulk string is on its way.
      if unread < end + 4 + Int(clamping: length) { return }
    }
    if unread > limits.lineBytes {
      throw .protocolViolation("a line of more than \(limits.lineBytes) bytes")
    }
  }
}

/// Any address but null: tells the reader that a callback succeeded. It is never followed.
nonisolated(unsafe) private let accepted = UnsafeMutableRawPointer(bitPattern: 1)

private func builder(of task: UnsafePointer<redisReadTask>?) -> UnsafeMutablePointer<ReplyBuilder>? {
  task?.pointee.privdata?.assumingMemoryBound(to: ReplyBuilder.self)
}

/// The reader keeps the address, so the table is allocated once and lives as long as the process; nobody writes it
/// after this.
nonisolated(unsafe) private let replyObjectFunctions: UnsafeMutablePointer<redisReplyObjectFunctions> = {
  var functions = redisReplyObjectFunctions()
  functions.createString = { task, start, count in
    guard let task, let start, let builder = builder(of: task) else { return nil }
    let type = task.pointee.type
    if type == REDIS_REPLY_STRING {
      // The reader calls only once `count` + 2 bytes are there, and does not look at the two.
      guard start[count] == 13, start[count + 1] == 10 else {
        _ = builder.pointee.refuse("a bulk string that does not end where its length says")
        return nil
      }
    }
    return builder.pointee.addString(type, UnsafeRawBufferPointer(start: start, count: count)) ? accepted : nil
  }
  functions.createArray = { task, count in
    builder(of: task)?.pointee.beginArray(count: Int(clamping: count)) == true ? accepted : nil
  }
  functions.createInteger = { task, value in
    builder(of: task)?.pointee.add(.integer(Int64(value))) == true ? accepted : nil
  }
  functions.createNil = { task in
    builder(of: task)?.pointee.add(.null) == true ? accepted : nil
  }
  functions.freeObject = { _ in }
  let table = UnsafeMutablePointer<redisReplyObjectFunctions>.allocate(capacity: 1)
  table.initialize(to: functions)
  return table
}()
