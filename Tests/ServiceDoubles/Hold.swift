/// Stops a call until the test lets it go on.
struct Hold: Sendable {
  private let arrivals = AsyncStream<Void>.makeStream()
  private let releases = AsyncStream<Void>.makeStream()

  /// Waits until a call is held.
  func reached() async { for await _ in arrivals.stream {} }

  func release() { releases.continuation.finish() }

  /// What the call does.
  func wait() async {
    arrivals.continuation.finish()
    for await _ in releases.stream {}
  }
}
