import Synchronization
import Testing

@testable import EventBus

@Suite(.timeLimit(.minutes(1))) struct ApplyingGateTests {
  @Test func `whoever is alone is alone, and everybody has a turn`() async {
    let gate = ApplyingGate()
    let inside = Inside()
    let turns = await withTaskGroup(of: Bool?.self) { group in
      for number in 0..<2000 {
        let alone = number % 7 == 0
        group.addTask {
          await gate.pass(alone: alone) {
            #expect(inside.enter(alone: alone))
            await Task.yield()
            inside.leave(alone: alone)
            return true
          }
        }
      }
      return await group.reduce(0) { $0 + ($1 == true ? 1 : 0) }
    }
    #expect(turns == 2000)
    #expect(inside.mostTogether > 1)
  }

  /// Who is inside at the moment.
  private final class Inside: Sendable {
    private let counts = Mutex((together: 0, alone: 0, most: 0))

    var mostTogether: Int { counts.withLock { $0.most } }

    /// Whether that is as it should be.
    func enter(alone: Bool) -> Bool {
      counts.withLock { counts in
        if alone { counts.alone += 1 } else { counts.together += 1 }
        counts.most = max(counts.most, counts.together)
        return counts.alone == 0 || (counts.alone == 1 && counts.together == 0)
      }
    }

    func leave(alone: Bool) {
      counts.withLock { if alone { $0.alone -= 1 } else { $0.together -= 1 } }
    }
  }

  @Test func `a task that is cancelled while it waits leaves the line, and the others go on`() async {
    let gate = ApplyingGate()
    await gate.pass(alone: true) {
      let waiting = (0..<20).map { number in Task { await gate.pass(alone: number % 2 == 0) { number } } }
      for task in waiting.prefix(19) { task.cancel() }
      for task in waiting.prefix(19) { #expect(await task.value == nil) }
      Task { #expect(await waiting[19].value == 19) }
    }
    #expect(await gate.pass(alone: true) { "next" } == "next")
  }

  @Test func `a cancelled task still passes where nobody is in its way`() async {
    let gate = ApplyingGate()
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return await gate.pass(alone: false) { "in" }
    }
    task.cancel()
    #expect(await task.value == "in")
  }
}
