#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Writes a line to standard output at once and whole. Ends the process where nobody reads it any more (`… | head`).
func printLine(_ line: some CustomStringConvertible) {
  var rest = Array("\(line)\n".utf8)[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { exit(0) }
    rest = rest.dropFirst(count)
  }
}

/// For people, beside what programs read.
@Sendable func note(_ line: String) {
  let bytes = Array("\(line)\n".utf8)
  _ = write(STDERR_FILENO, bytes, bytes.count)
}

/// How far a long look has come: one line on a terminal that is written over and over.
struct Progress: Sendable {
  private let isVisible = isatty(STDERR_FILENO) == 1

  @Sendable func show(_ text: String) {
    guard isVisible else { return }
    let bytes = Array("\r\u{1b}[K\(text)".utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }

  func clear() { show("") }
}
