/// Stops a call until the test lets it go on.
package struct Hold: Sendable {
  private let arrivals = AsyncStream<Void>.makeStream()
  private let releases = AsyncStream<Void>.makeStream()

  package init() {}

  /// Waits until a call is held.
  package func reached() async { for await _ in arrivals.stream {} }

  package func release() { releases.continuation.finish() }

  /// What the call does.
  package func wait() async {
    arrivals.continuation.finish()
    for await _ in releases.stream {}
  }
}
