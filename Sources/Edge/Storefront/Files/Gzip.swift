import CZlib
import HTTPTypes
import Hummingbird

/// The one compression that every browser knows (RFC 1952).
enum Gzip {
  /// As small as it gets: for what is compressed once and sent often. nil where zlib has no memory.
  static func compressed(_ bytes: [UInt8]) -> [UInt8]? {
    var stream = z_stream()
    // A window of 2^15 bytes, the largest; 16 more asks for gzip's header (zlib.h, deflateInit2).
    let options = (level: Z_BEST_COMPRESSION, windowBits: Int32(15 + 16), memoryLevel: Int32(9))
    guard
      deflateInit2_(
        &stream, options.level, Z_DEFLATED, options.windowBits, options.memoryLevel, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return nil }
    defer { deflateEnd(&stream) }
    // zlib does not write to its input.
    var input = bytes
    var isComplete = false
    let output = input.withUnsafeMutableBufferPointer { input in
      [UInt8](unsafeUninitializedCapacity: Int(clamping: deflateBound(&stream, UInt(input.count)))) { output, count in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(clamping: input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(clamping: output.count)
        isComplete = deflate(&stream, Z_FINISH) == Z_STREAM_END
        count = output.count - Int(stream.avail_out)
      }
    }
    return isComplete ? output : nil
  }

  /// Whether `Accept-Encoding` names it with a weight above 0 (RFC 9110, 12.5.3).
  static func isAccepted(by request: Request) -> Bool {
    request.headers[values: .acceptEncoding].joined(separator: ",").split(separator: ",").contains { element in
      let parts = element.lowercased().filter { $0 != " " && $0 != "\t" }.split(separator: ";")
      guard parts.first == "gzip" else { return false }
      guard let weight = parts.dropFirst().first(where: { $0.hasPrefix("q=") })?.dropFirst(2) else { return true }
      return weight.contains { ("1"..."9").contains($0) }
    }
  }
}
