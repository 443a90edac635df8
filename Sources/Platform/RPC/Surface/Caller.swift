/// Who calls, as an interceptor established it from verified credentials.
package struct Caller: Sendable, Hashable {
  package var userID: String?
  package var email: String?
  /// Set where a service calls on its own account.
  package var service: String?
  /// Unix seconds.
  package var issuedAt: Int64

  package init(userID: String? = nil, email: String? = nil, service: String? = nil, issuedAt: Int64 = 0) {
    self.userID = userID
    self.email = email
    self.service = service
    self.issuedAt = issuedAt
  }
}
