/// How large a reply may be before its connection is given up. The reader itself would accept an array of 2^31-1
/// elements and a bulk string of 2^63-1 bytes from whoever answers on the port.
package struct ReplyLimits: Sendable {
  /// Elements of one reply, nested ones included.
  package var elements = 1_048_576
  /// Bytes of one bulk string.
  package var bulkBytes = 16 * 1024 * 1024
  /// Bytes of all strings of one reply.
  package var replyBytes = 64 * 1024 * 1024
  /// Bytes of a status, error or number line.
  package var lineBytes = 64 * 1024

  package init() {}
}
