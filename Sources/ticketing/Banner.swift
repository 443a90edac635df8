#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What the person who started the platform needs to know.
struct Banner {
  let inspection: @Sendable () -> String

  func show(url: String) {
    announce(
      """
      Ticketing runs at \(url)
        look inside   \(inspection())   (KEYS '*', XRANGE '{tickets}:events:ticket:created' - +)
        stop          Ctrl-C
      """)
  }
}

/// Prints to standard output at once, whoever reads it.
func announce(_ text: String) {
  print(text)
  fflush(nil)
}
