/// What a session token says, once its signature is verified.
package struct SessionClaims: Sendable, Hashable, Codable {
  /// The user. Absent where a service calls on its own account and for nobody.
  package var id: String?
  package var email: String?
  /// The calling service, where the token is a service's own and not a user's session.
  package var service: String?
  /// When it was signed, in Unix seconds.
  package var iat: Int64
  /// From when on it is refused, in Unix seconds.
  package var exp: Int64

  /// By so many seconds the clocks of two services may differ, on top of how long a token lives.
  package static let tolerance: Int64 = 60

  package init(id: String?, email: String?, service: String? = nil, iat: Int64, exp: Int64) {
    self.id = id
    self.email = email
    self.service = service
    self.iat = iat
    self.exp = exp
  }
}

extension SessionClaims {
  /// Why they do not hold at `now`, by the clock of whoever asks; nil: they do.
  ///
  /// A session holds until its end, by any clock. A service's own token is made for the call that it comes with, so what
  /// it says of the time tells how the two clocks differ: by less than its lifetime and the tolerance, in either
  /// direction, they may.
  func fault(at now: Int64) -> TokenFault.Kind? {
    let tolerance = service == nil ? 0 : Self.tolerance
    let late = now.subtractingClamped(exp)
    if late >= tolerance { return .expired(late) }
    let early = iat.subtractingClamped(now)
    let lifetime = max(0, exp.subtractingClamped(iat))
    guard service != nil, early.subtractingClamped(lifetime) >= tolerance else { return nil }
    return .notYetValid(early)
  }
}

extension Int64 {
  fileprivate func subtractingClamped(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other > 0 ? .min : .max) : difference
  }
}
