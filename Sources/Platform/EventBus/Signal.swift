/// Wakes one task that waits; signals while it does not wait are one.
struct Signal: Sendable {
  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() {
    (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  func send() { continuation.yield() }

  /// Returns at the next signal, or at once if there has been one since the last wait, or at cancellation. For one
  /// task at a time.
  func wait() async {
    for await _ in stream { return }
  }
}
