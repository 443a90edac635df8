import Testing

@testable import Operations

@Suite struct `Dependencies` {
  private func hanging(_ name: String) -> Dependency {
    Dependency(name) {
      try? await Task.sleep(for: .seconds(3600))
      return .up()
    }
  }

  @Test func `are asked all at once, and one that hangs is down after a second`() async {
    let dependencies =
      (1...20).map { hanging("hanging \($0)") } + [
        Dependency("there") { .up(note: "durable") }, Dependency("away") { .down("refused") },
      ]
    let start = ContinuousClock.now
    let states = await Dependency.states(of: dependencies)
    let took = ContinuousClock.now - start
    #expect(took >= Dependency.patience)
    // One after the other they would take twenty seconds; the rest is for a busy machine.
    #expect(took < .seconds(5))
    #expect(states.prefix(20).allSatisfy { $0 == .down("it has not answered within 1 second") })
    #expect(states.suffix(2) == [.up(note: "durable"), .down("refused")])
  }

  @Test func `that answer are not waited for`() async {
    let start = ContinuousClock.now
    #expect(await Dependency.states(of: [Dependency("there") { .up() }]) == [.up()])
    #expect(ContinuousClock.now - start < Dependency.patience)
    #expect(await Dependency.states(of: []) == [])
  }
}
