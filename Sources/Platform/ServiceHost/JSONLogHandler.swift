import Identifiers
import JSONWriting
import Logging
import NIOCore

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
  private var json = JSONWriter()

  mutating func append(_ key: String, _ value: String) {
    json.literal(json.buffer.readableBytes == 0 ? "{" : ",", key)
    json.literal(":", value)
  }

  var text: String { String(buffer: json.buffer) + "}" }

  /// One write, so that lines of several threads and processes do not mix.
  func write(to descriptor: CInt) {
    var line = json.buffer
    line.writeStaticString("}\n")
    _ = line.withUnsafeReadableBytes { platformWrite(descriptor, $0.baseAddress, $0.count) }
  }
}

/// `write` of the system, under a name that no method of ours hides.
private func platformWrite(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
