import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What the person who started the platform needs to know.
struct Banner {
  /// Known once they are listened for, which is before Redis is up.
  final class MetricsURL: Sendable {
    private let url = Mutex<String?>(nil)

    func set(_ new: String) { url.withLock { $0 = new } }
    var line: String { url.withLock { $0 }.map { "\n  metrics       \($0)" } ?? "" }
  }

  let inspection: @Sendable () -> String
  let metricsURL = MetricsURL()

  init(inspection: @escaping @Sendable () -> String) {
    self.inspection = inspection
  }

  func show(url: String) {
    announce(
      """
      Ticketing runs at \(url)
        look inside   \(inspection())   (KEYS '*', XRANGE '{tickets}:events:ticket:created' - +)\(metricsURL.line)
        stop          Ctrl-C
      """)
  }
}

/// Prints to standard output at once, whoever reads it.
func announce(_ text: String) {
  print(text)
  fflush(nil)
}
