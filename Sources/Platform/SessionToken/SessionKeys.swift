import Cryptography

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The keys that session tokens are signed with (HS256, RFC 7515 and 7519): the current one signs, both verify, so
/// that a key can be replaced without signing everybody out.
///
/// Ours, because the one algorithm is all that is wanted: a library of all of them brought a
/// third of the build's time with it, and tokens are verified at each call.
package struct SessionKeys: Sendable {
  /// RFC 7518, 3.2: a key of at least the hash's size.
  package static let minimumKeyBytes = 32
  /// Longer tokens are refused unread; ours have about 250 bytes.
  package static let maximumTokenBytes = 4096

  private let current: SigningKey
  private let previous: SigningKey?

  /// Throws `KeyTooShort` for a key of fewer than 32 bytes.
  package init(current: String, previous: String? = nil) throws(KeyTooShort) {
    self.current = try SigningKey(current)
    self.previous = if let previous { try SigningKey(previous) } else { nil }
  }

  package func sign(_ claims: SessionClaims) throws -> String {
    let content = "\(Self.header).\(Base64URL.encode(try JSONEncoder().encode(claims)))"
    return "\(content).\(Base64URL.encode(try current.signature(of: content.utf8)))"
  }

  /// The claims of a token that one of the keys signed with HS256 and that holds at `now` (Unix seconds). Why another
  /// text is none is for logs and for services: whoever guesses from outside is not told.
  package func verify(_ token: String, at now: Int64) throws(TokenFault) -> SessionClaims {
    let parts = token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard token.utf8.count <= Self.maximumTokenBytes, parts.count == 3, Self.isOurs(header: parts[0]),
      let signature = Base64URL.decode(parts[2])
    else { throw TokenFault(kind: .malformed, service: nil) }
    // What the signature covers is ours, and yet it is read with care: another program may have the key.
    let claims = Base64URL.decode(parts[1]).flatMap {
      try? JSONDecoder().decode(SessionClaims.self, from: Data($0))
    }
    let content = token.utf8[..<parts[1].endIndex]
    guard current.signed(content, signature) || previous?.signed(content, signature) == true else {
      throw TokenFault(kind: .signature, service: claims?.service)
    }
    guard let claims else { throw TokenFault(kind: .malformed, service: nil) }
    if let fault = claims.fault(at: now) { throw TokenFault(kind: fault, service: claims.service) }
    return claims
  }

  /// `{"alg":"HS256","typ":"JWT"}`
  private static let header = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"

  /// Another program may write the same header in another way; another algorithm, or one that must be understood
  /// (`crit`), is none of ours.
  private static func isOurs(header: Substring.UTF8View) -> Bool {
    if header.elementsEqual(Self.header.utf8) { return true }
    guard let text = Base64URL.decode(header),
      let header = try? JSONDecoder().decode(Header.self, from: Data(text))
    else { return false }
    return header.alg == "HS256" && header.crit == nil
  }

  private struct Header: Decodable {
    let alg: String
    let crit: [String]?
  }
}

/// A signing key of fewer than 32 bytes.
package struct KeyTooShort: Error, CustomStringConvertible {
  package var description: String { "a signing key needs at least \(SessionKeys.minimumKeyBytes) bytes" }
}

/// One secret.
private struct SigningKey: Sendable {
  private let bytes: [UInt8]

  init(_ text: String) throws(KeyTooShort) {
    bytes = Array(text.utf8)
    guard bytes.count >= SessionKeys.minimumKeyBytes else { throw KeyTooShort() }
  }

  func signature(of content: some Sequence<UInt8>) throws(CryptoError) -> [UInt8] {
    try Digest.hmacSHA256(content, key: bytes)
  }

  func signed(_ content: some Sequence<UInt8>, _ signature: [UInt8]) -> Bool {
    (try? self.signature(of: content))?.equalsInConstantTime(signature) ?? false
  }
}
