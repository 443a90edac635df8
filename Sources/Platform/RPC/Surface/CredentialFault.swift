/// Why the credentials that came with a call are nobody's.
package struct CredentialFault: Sendable, Hashable, CustomStringConvertible {
  /// In UPPER_SNAKE, for programs.
  package let reason: String
  /// For logs.
  package let description: String
  /// The service that they say to be of; whether they are is not known.
  package let service: String?

  package init(reason: String, description: String, service: String?) {
    self.reason = reason
    self.description = description
    self.service = service
  }
}
