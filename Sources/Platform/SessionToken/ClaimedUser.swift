import Identifiers

extension SessionClaims {
  /// The user whom a token names, unverified, for a program that has no key: worth something only once somebody who has
  /// one has accepted the token. Only looks for the field, because it is wanted for each line of a log.
  package static func userID(claimedBy token: String) -> String? {
    let parts = token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard token.utf8.count <= SessionKeys.maximumTokenBytes, parts.count == 3,
      let payload = Base64URL.decode(parts[1]), let start = payload.firstRange(of: Array(#""id":""#.utf8))?.upperBound
    else { return nil }
    let id = payload[start...].prefix { $0 != UInt8(ascii: "\"") }
    guard (1...64).contains(id.count), id.allSatisfy({ $0.isLetter || $0.isDigit }) else { return nil }
    return String(decoding: id, as: UTF8.self)
  }
}
