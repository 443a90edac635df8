import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What the person who started the platform needs to know.
final class Banner: Sendable {
  private let inspection: @Sendable () -> String
  /// Known once it is listened for, which is before Redis is up.
  private let metricsURL = Mutex<String?>(nil)

  init(inspection: @escaping @Sendable () -> String) {
    self.inspection = inspection
  }

  func metricsRun(at url: String) { metricsURL.withLock { $0 = url } }

  func show(url: String) {
    let metrics = metricsURL.withLock { $0 }.map { "\n  metrics       \($0)" } ?? ""
    announce(
      """
      Ticketing runs at \(url)
        look inside   \(inspection())   (KEYS '*', XRANGE '{tickets}:events:ticket:created' - +)\(metrics)
        stop          Ctrl-C
      """)
  }
}

/// Prints to standard output at once, whoever reads it.
func announce(_ text: String) {
  print(text)
  fflush(nil)
}
