import Foundation
import RPC
import Synchronization

/// The tokens that the doubles of the services gave out. Stands in for signing and verifying.
package final class SessionsDouble: Sendable {
  package struct User: Hashable {
    package let id: String
    package let email: String

    package init(id: String, email: String) {
      self.id = id
      self.email = email
    }
  }

  package static let issuedTime: Int64 = 1_700_000_000
  package static let lifetime: Int64 = 3600

  private let users = Mutex<[String: User]>([:])

  package init() {}

  /// A token in the shape of a JWT.
  package func issue(to user: User) -> String {
    let claims = Data(#"{"id":"\#(user.id)"}"#.utf8).base64EncodedString().filter { $0 != "=" }
    let token = "eyJhbGciOiJIUzI1NiJ9.\(claims).c2lnbmF0dXJl-_"
    users.withLock { $0[token] = user }
    return token
  }

  package func user(of context: CallContext) throws -> User {
    guard let header = context.metadata["authorization"], header.hasPrefix("Bearer "),
      let user = users.withLock({ $0[String(header.dropFirst(7))] })
    else { throw RPCError(.unauthenticated, "Not authorized", reason: "NOT_SIGNED_IN") }
    return user
  }
}

/// What the gateway sent with its calls, and what a test wants them to fail with.
package final class CallsDouble: Sendable {
  package struct Call: Sendable {
    package let path: String
    package let metadata: Metadata
  }

  private struct State {
    var calls: [Call] = []
    var failure: (any Error)?
    var hold: Hold?
  }

  private let state = Mutex(State())

  package init() {}

  package var all: [Call] { state.withLock { $0.calls } }

  /// Every call from now on fails with `error`.
  package func fail(with error: (any Error)?) {
    state.withLock { $0.failure = error }
  }

  /// Every call from now on waits for `hold`.
  package func hold(_ hold: Hold) {
    state.withLock { $0.hold = hold }
  }

  /// Notes a call. Waits for and throws what the test wants.
  package func record(_ context: CallContext) async throws {
    let (failure, hold) = state.withLock { state in
      state.calls.append(Call(path: context.path, metadata: context.metadata))
      return (state.failure, state.hold)
    }
    await hold?.wait()
    if let failure { throw failure }
  }
}
