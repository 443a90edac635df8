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

  package init(id: String?, email: String?, service: String? = nil, iat: Int64, exp: Int64) {
    self.id = id
    self.email = email
    self.service = service
    self.iat = iat
    self.exp = exp
  }
}
