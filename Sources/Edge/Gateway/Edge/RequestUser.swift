import RPC
import SessionToken
import Synchronization

/// Who made a request, for the log. The gateway has no key to verify a token with: whom one names is believed once a
/// service has accepted it.
package final class RequestUser: Sendable {
  private enum State {
    case unknown
    case claimed(token: String)
    case known(id: String)
  }

  private let state = Mutex(State.unknown)

  /// A call goes out with this token.
  func claim(_ token: String) { state.withLock { $0 = .claimed(token: token) } }

  /// A service has told.
  func set(_ id: String) { state.withLock { $0 = .known(id: id) } }

  /// The token was not accepted, or nobody has looked at it.
  func forget() { state.withLock { $0 = .unknown } }

  func concluded(with error: any Error) {
    guard case .claimed = state.withLock({ $0 }), !Self.provesAcceptance(error) else { return }
    forget()
  }

  /// Asked once at most, and only where the line is written.
  var id: String? {
    switch state.withLock({ $0 }) {
    case .unknown: nil
    case .claimed(let token): SessionClaims.userID(claimedBy: token)
    case .known(let id): id
    }
  }

  /// Services say so only of whom they know.
  private static func provesAcceptance(_ error: any Error) -> Bool {
    switch (error as? RPCError)?.code {
    case .permissionDenied, .notFound, .failedPrecondition, .aborted, .invalidArgument: true
    default: false
    }
  }
}
