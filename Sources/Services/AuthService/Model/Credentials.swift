import RPC

/// What a sign-up or sign-in came with, once each field is found well-formed.
struct Credentials: Sendable {
  /// Characters, as NIST SP 800-63B counts them: Unicode code points. The upper bound keeps hashing cheap.
  static let passwordLength = 8...128
  /// Longer passwords are refused before their characters are counted.
  static let maximumPasswordBytes = 1024

  let email: EmailAddress
  let password: String

  /// Checks both fields by the rules for a new account and names each that breaks one.
  static func forSignUp(email: String, password: String) throws -> Credentials {
    let address = EmailAddress(email)
    var violations: [RPCError.Violation] = []
    if address == nil { violations.append(.init(field: "email", message: "Email must be valid")) }
    let length = password.utf8.count <= maximumPasswordBytes ? password.unicodeScalars.count : .max
    if !passwordLength.contains(length) {
      violations.append(
        .init(
          field: "password",
          message:
            "Password must be between \(passwordLength.lowerBound) and \(passwordLength.upperBound) characters"))
    }
    guard let address, violations.isEmpty else { throw RPCError.invalidFields(violations) }
    return Credentials(email: address, password: password)
  }

  /// Checks both fields for what could name an account at all, so that rules may change without locking anybody out.
  static func forSignIn(email: String, password: String) throws -> Credentials {
    let address = EmailAddress(email)
    var violations: [RPCError.Violation] = []
    if address == nil { violations.append(.init(field: "email", message: "Email must be valid")) }
    if password.isEmpty {
      violations.append(.init(field: "password", message: "You must supply a password"))
    } else if password.utf8.count > maximumPasswordBytes {
      violations.append(.init(field: "password", message: "Password is too long"))
    }
    guard let address, violations.isEmpty else { throw RPCError.invalidFields(violations) }
    return Credentials(email: address, password: password)
  }
}
