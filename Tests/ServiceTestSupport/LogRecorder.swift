import Logging
import Synchronization

/// Keeps every line that is logged, at every level.
package final class LogRecorder: Sendable {
  private let kept = Mutex<[String]>([])

  package init() {}

  /// `<level> <message> <metadata>`
  package var lines: [String] { kept.withLock { $0 } }

  package func lines(_ start: String) -> [String] { lines.filter { $0.hasPrefix(start) } }

  package var logger: Logger {
    Logger(label: "test") { _ in Handler(recorder: self) }
  }

  private struct Handler: LogHandler {
    let recorder: LogRecorder
    var logLevel: Logger.Level = .trace
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let line = "\(event.level) \(event.message) \(event.metadata ?? [:]) \(metadata)"
      recorder.kept.withLock { $0.append(line) }
    }
  }
}
