import Foundation
import Synchronization

/// A process that a test started: its output line by line, its end, and its certain death with the test.
///
/// Not Foundation's `Process`: that one notices an end by a socket which processes started meanwhile inherit, so with
/// tests in parallel the end of one process is only seen at the end of another, and it hands the thread's signal mask on.
package final class RunningProcess: Sendable {
  private struct State {
    var lines: [String] = []
    var status: Int32?
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())
  package let name: String
  package let identifier: pid_t

  /// Starts `executable` with just these variables and PATH.
  package init(_ executable: URL, _ arguments: [String], environment: [String: String] = [:]) throws {
    name = ([executable.lastPathComponent] + arguments).joined(separator: " ")
    var variables = environment
    if variables["PATH"] == nil { variables["PATH"] = ProcessInfo.processInfo.environment["PATH"] }
    let (reading, writing) = try Self.ends()
    identifier = try Self.spawn(
      executable.path, [executable.path] + arguments, variables.map { "\($0.key)=\($0.value)" }, output: writing)
    close(writing)
    follow(output: reading)
  }

  deinit {
    if state.withLock({ $0.status == nil }) { kill(identifier, SIGKILL) }
  }

  package var hasEnded: Bool { state.withLock { $0.status != nil } }
  package var output: String { state.withLock { $0.lines.joined(separator: "\n") } }

  /// The first line that `match` makes something of. Fails the test where the process ends without one.
  package func line<Value>(where match: (String) -> Value?) async throws -> Value {
    var seen = 0
    while true {
      let (lines, ended) = state.withLock { ($0.lines, $0.status != nil) }
      for line in lines[seen...] {
        if let value = match(line) { return value }
      }
      seen = lines.count
      guard !ended else { throw Failure(description: "\(name) ended without the line that was waited for:\n\(output)") }
      await change(after: seen)
    }
  }

  /// The port in the line that tells where the process listens.
  package func port() async throws -> Int {
    try await line { line in
      guard !line.contains("/metrics"), let match = line.firstMatch(of: /(?:127\.0\.0\.1|0\.0\.0\.0|localhost):(\d+)/)
      else { return nil }
      return Int(match.1)
    }
  }

  /// The port in the line that tells where its metrics are.
  package func metricsPort() async throws -> Int {
    try await line { line in
      guard let match = line.firstMatch(of: /http:\/\/[^ ]+:(\d+)\/metrics/) else { return nil }
      return Int(match.1)
    }
  }

  /// Waits for the end; gives back the exit status, or minus the signal that ended it.
  package func exitStatus() async -> Int32 {
    while true {
      if let status = state.withLock({ $0.status }) { return status }
      await change(after: .max)
    }
  }

  package func signal(_ number: Int32) { kill(identifier, number) }

  /// SIGTERM, and the exit status.
  package func stop() async -> Int32 {
    signal(SIGTERM)
    return await exitStatus()
  }

  /// Reads the output to its end and reaps the process, on a thread of its own.
  private func follow(output: Int32) {
    // The thread holds no reference while it waits, so that the process can be given up, and then ends.
    let thread = Thread { [weak self, identifier] in
      Self.lines(of: output) { line in self?.wake { $0.lines.append(line) } }
      var status: Int32 = 0
      while waitpid(identifier, &status, 0) == -1, errno == EINTR {}
      let signal = status & 0x7f
      self?.wake { $0.status = signal == 0 ? (status >> 8) & 0xff : -signal }
    }
    thread.start()
  }

  private func wake(_ body: (inout State) -> Void) {
    let waiters = state.withLock { state in
      body(&state)
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  private func change(after seen: Int) async {
    await withCheckedContinuation { continuation in
      let isLate = state.withLock { state in
        guard state.lines.count <= seen, state.status == nil else { return true }
        state.waiters.append(continuation)
        return false
      }
      if isLate { continuation.resume() }
    }
  }
}

package struct Failure: Error, CustomStringConvertible {
  package let description: String

  package init(description: String) {
    self.description = description
  }
}
