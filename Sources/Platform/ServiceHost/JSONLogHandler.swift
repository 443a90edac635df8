import Identifiers
import Logging

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// One JSON object a line on standard error: `time`, `level`, `service`, `message`, then the metadata.
/// Written by hand because there is one a request: JSONEncoder takes ten times as long.
struct JSONLogHandler: LogHandler {
  let label: String
  var logLevel: Logger.Level = .info
  var metadata: Logger.Metadata = [:]

  init(label: String) {
    self.label = label
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var line = JSONLine()
    line.append("time", UnixTime.now().iso8601)
    line.append("level", event.level.rawValue)
    line.append("service", label)
    line.append("message", event.message.description)
    let fields = event.metadata.map { metadata.merging($0) { $1 } } ?? metadata
    for (key, value) in fields.sorted(by: { $0.key < $1.key }) { line.append(key, value.description) }
    line.write(to: STDERR_FILENO)
  }
}

/// A flat JSON object of texts that becomes one line.
struct JSONLine {
  private var bytes: [UInt8] = []

  mutating func append(_ key: String, _ value: String) {
    bytes.append(UInt8(ascii: bytes.isEmpty ? "{" : ","))
    append(quoted: key)
    bytes.append(UInt8(ascii: ":"))
    append(quoted: value)
  }

  var text: String { String(decoding: bytes + Array("}".utf8), as: UTF8.self) }

  /// One write, so that lines of several threads and processes do not mix.
  func write(to descriptor: CInt) {
    let line = bytes + Array("}\n".utf8)
    _ = line.withUnsafeBytes { platformWrite(descriptor, $0.baseAddress, $0.count) }
  }

  private mutating func append(quoted text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes += [UInt8(ascii: "\\"), byte]
      case 0..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        bytes += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

/// `write` of the system, under a name that no method of ours hides.
private func platformWrite(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
