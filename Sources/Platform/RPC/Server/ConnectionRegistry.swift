import NIOCore
import Synchronization

/// The open connections of a server: how many there are, and which to drain.
final class ConnectionRegistry: Sendable {
  private struct State {
    var connections: [ObjectIdentifier: ServerConnection] = [:]
    var isDraining = false
  }

  private let state = Mutex(State())
  private let limit: Int

  init(limit: Int) {
    self.limit = limit
  }

  /// False where the connection is one too many, or the server is shutting down.
  func add(_ connection: ServerConnection) -> Bool {
    let added = state.withLock { state in
      guard !state.isDraining, state.connections.count < limit else { return false }
      state.connections[ObjectIdentifier(connection)] = connection
      return true
    }
    if added {
      connection.finished.futureResult.whenComplete { [weak self] _ in self?.remove(connection) }
    }
    return added
  }

  /// From now on no connection is added; returns those that are open.
  func drain() -> [ServerConnection] {
    state.withLock { state in
      state.isDraining = true
      return Array(state.connections.values)
    }
  }

  private func remove(_ connection: ServerConnection) {
    state.withLock { _ = $0.connections.removeValue(forKey: ObjectIdentifier(connection)) }
  }
}
