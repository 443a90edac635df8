/// Asks all at once and waits for `patience` at most: the answers in the order of those asked, nil for who has not
/// answered by then, or has answered nil. `ask` must end when its task is cancelled.
package func answers<Asked: Sendable, Answer: Sendable>(
  of asked: [Asked], within patience: Duration, _ ask: @escaping @Sendable (Asked) async -> Answer?
) async -> [Answer?] {
  await withTaskGroup(of: (index: Int, answer: Answer?)?.self) { group in
    for (index, one) in asked.enumerated() {
      group.addTask { (index, await ask(one)) }
    }
    group.addTask {
      try? await Task.sleep(for: patience)
      return nil
    }
    var answers = [Answer?](repeating: nil, count: asked.count)
    var missing = asked.count
    while missing > 0, case let (index, answer)?? = await group.next() {
      answers[index] = answer
      missing -= 1
    }
    group.cancelAll()
    return answers
  }
}
