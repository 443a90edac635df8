/// Why a token is not accepted: for logs, and for services that call each other.
package struct TokenFault: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Kind: Sendable, Hashable {
    /// No token of ours, whatever the key.
    case malformed
    /// None of our keys has signed it.
    case signature
    /// By so many seconds.
    case expired(Int64)
    /// Signed so many seconds from now.
    case notYetValid(Int64)
  }

  package let kind: Kind
  /// The service whose own token it says that it is; true only where it is expired or not yet valid.
  package let service: String?

  package init(kind: Kind, service: String?) {
    self.kind = kind
    self.service = service
  }

  /// For programs.
  package var reason: String {
    switch kind {
    case .malformed: "TOKEN_MALFORMED"
    case .signature: "TOKEN_SIGNATURE"
    case .expired: "TOKEN_EXPIRED"
    case .notYetValid: "TOKEN_NOT_YET_VALID"
    }
  }

  package var description: String {
    switch kind {
    case .malformed: "the token is malformed"
    case .signature: "the token is signed with another key"
    case .expired(let seconds): "the token expired \(seconds) s ago by this clock"
    case .notYetValid(let seconds): "the token is signed \(seconds) s from now by this clock"
    }
  }
}
