import Identifiers

/// What a sign-up or sign-in came with, once each field is found well-formed.
struct Credentials: Sendable {
  /// Characters, as NIST SP 800-63B counts them: Unicode code points. The upper bound keeps hashing cheap.
  static let passwordLength = 8...128
  /// Longer passwords are refused before their characters are counted.
  static let maximumPasswordBytes = 1024

  let email: EmailAddress
  let password: String

  /// Checks both fields by the rules for a new account and names each that breaks one.
  static func forSignUp(email: String, password: String) throws(InvalidFields) -> Credentials {
    let length = password.utf8.count <= maximumPasswordBytes ? password.unicodeScalars.count : .max
    return try checked(
      email, password,
      problem: passwordLength.contains(length)
        ? nil
        : "Password must be between \(passwordLength.lowerBound) and \(passwordLength.upperBound) characters")
  }

  /// Checks both fields for what could name an account at all, so that rules may change without locking anybody out.
  static func forSignIn(email: String, password: String) throws(InvalidFields) -> Credentials {
    let isTooLong = password.utf8.count > maximumPasswordBytes
    return try checked(
      email, password,
      problem: password.isEmpty ? "You must supply a password" : isTooLong ? "Password is too long" : nil)
  }

  private static func checked(
    _ email: String, _ password: String, problem: String?
  ) throws(InvalidFields) -> Credentials {
    var invalid = InvalidFields()
    let address = EmailAddress(email)
    if address == nil { invalid.add("email", "Email must be valid") }
    if let problem { invalid.add("password", problem) }
    guard let address, problem == nil else { throw invalid }
    return Credentials(email: address, password: password)
  }
}
