import RPC
import Synchronization

/// The tokens that the doubles of the services gave out. Stands in for signing and verifying.
final class SessionsDouble: Sendable {
  struct User: Hashable {
    let id: String
    let email: String
  }

  static let issuedTime: Int64 = 1_700_000_000
  static let lifetime: Int64 = 3600

  private let users = Mutex<[String: User]>([:])

  /// A token in the shape of a JWT.
  func issue(to user: User) -> String {
    let token = "eyJhbGciOiJIUzI1NiJ9.\(user.id).c2lnbmF0dXJl-_"
    users.withLock { $0[token] = user }
    return token
  }

  func user(of context: CallContext) throws -> User {
    guard let header = context.metadata["authorization"], header.hasPrefix("Bearer "),
      let user = users.withLock({ $0[String(header.dropFirst(7))] })
    else { throw RPCError(.unauthenticated, "Not authorized", reason: "NOT_SIGNED_IN") }
    return user
  }
}

/// What the gateway sent with its calls, and what a test wants them to fail with.
final class CallsDouble: Sendable {
  struct Call: Sendable {
    let path: String
    let metadata: Metadata
  }

  private struct State {
    var calls: [Call] = []
    var failure: (any Error)?
    var hold: Hold?
  }

  private let state = Mutex(State())

  var all: [Call] { state.withLock { $0.calls } }

  /// Every call from now on fails with `error`.
  func fail(with error: (any Error)?) {
    state.withLock { $0.failure = error }
  }

  /// Every call from now on waits for `hold`.
  func hold(_ hold: Hold) {
    state.withLock { $0.hold = hold }
  }

  /// Notes a call. Waits for and throws what the test wants.
  func record(_ context: CallContext) async throws {
    let (failure, hold) = state.withLock { state in
      state.calls.append(Call(path: context.path, metadata: context.metadata))
      return (state.failure, state.hold)
    }
    await hold?.wait()
    if let failure { throw failure }
  }
}

extension RPCError {
  static func invalidFields(_ violations: [Violation]) -> RPCError {
    RPCError(.invalidArgument, "Invalid request", reason: "INVALID_FIELDS", violations: violations)
  }
}
