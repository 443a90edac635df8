import NIOCore
import Synchronization

@testable import Redis

/// Between two looks at something that gives no event.
func pause(milliseconds: Int) async throws {
  try await Task.sleep(for: .milliseconds(milliseconds))
}

extension RedisClient {
  func waitUntilConnected() async throws {
    while !shards.allSatisfy(\.isReady) { try await pause(milliseconds: 1) }
  }
}

/// Repeats `body` until it throws the error that is waited for.
func firstError(_ body: () async throws -> Void, until isWanted: (RedisError) -> Bool) async throws -> RedisError {
  while true {
    do {
      try await body()
    } catch let error as RedisError where isWanted(error) {
      return error
    } catch is RedisError {}
    try await pause(milliseconds: 1)
  }
}

final class Flag: Sendable {
  private let value = Atomic<Bool>(false)
  var isSet: Bool { value.load(ordering: .relaxed) }
  func set() { value.store(true, ordering: .relaxed) }
}

final class Counter: Sendable {
  private let value = Atomic<Int>(0)
  var count: Int { value.load(ordering: .relaxed) }
  func add() { value.add(1, ordering: .relaxed) }
}
