import Synchronization

/// One script per shape of commit. A service has a dozen shapes; the bound is for one that makes them without end.
final class CommitScriptCache: Sendable {
  static let limit = 512
  private let scripts = Mutex<[Commit.Shape: RedisScript]>([:])

  func script(for commit: Commit) throws -> RedisScript {
    if let mistake = commit.mistake { throw mistake }
    if let script = scripts.withLock({ $0[commit.shape] }) { return script }
    let script = try CommitCompiler.compile(commit.shape)
    scripts.withLock { scripts in
      if scripts.count >= Self.limit { scripts.removeAll() }
      scripts[commit.shape] = script
    }
    return script
  }

  var count: Int { scripts.withLock(\.count) }
}

extension Commit {
  /// The Lua that this commit runs as; for tests and for people.
  package var scriptText: String {
    get throws {
      if let mistake { throw mistake }
      return try CommitCompiler.compile(shape).text
    }
  }
}
