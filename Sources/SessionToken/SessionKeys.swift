import JWTKit

/// The keys that session tokens are signed with (HS256, RFC 7515): the current one signs, both verify, so that a key
/// can be replaced without signing everybody out.
package struct SessionKeys: Sendable {
  /// RFC 7518, 3.2: a key of at least the hash's size.
  package static let minimumKeyBytes = 32
  /// Longer tokens are refused unread; ours have about 250 bytes.
  package static let maximumTokenBytes = 4096

  private let current: JWTKeyCollection
  private let previous: JWTKeyCollection?

  /// Throws `KeyTooShort` for a key of fewer than 32 bytes.
  package init(current: String, previous: String? = nil) async throws {
    self.current = try await Self.collection(current)
    self.previous = if let previous { try await Self.collection(previous) } else { nil }
  }

  package func sign(_ claims: SessionClaims) async throws -> String {
    try await current.sign(Payload(claims: claims))
  }

  /// The claims of a token that one of the keys signed with HS256 and that holds at `now` (Unix seconds); nil for any
  /// other text: why is nobody's business but an attacker's.
  package func verify(_ token: String, at now: Int64) async -> SessionClaims? {
    guard token.utf8.count <= Self.maximumTokenBytes else { return nil }
    let bytes = Array(token.utf8)
    var payload = try? await current.verify(bytes, as: Payload.self)
    if payload == nil, let previous { payload = try? await previous.verify(bytes, as: Payload.self) }
    guard let claims = payload?.claims, now < claims.exp else { return nil }
    return claims
  }

  private static func collection(_ key: String) async throws -> JWTKeyCollection {
    guard key.utf8.count >= minimumKeyBytes else { throw KeyTooShort() }
    return await JWTKeyCollection().add(hmac: HMACKey(from: Array(key.utf8)), digestAlgorithm: .sha256)
  }
}

/// A signing key of fewer than 32 bytes.
package struct KeyTooShort: Error, CustomStringConvertible {
  package var description: String { "a signing key needs at least \(SessionKeys.minimumKeyBytes) bytes" }
}

/// The claims as JWTKit wants them. Expiry is checked against the caller's clock, not here.
private struct Payload: JWTPayload {
  let claims: SessionClaims

  init(claims: SessionClaims) { self.claims = claims }
  init(from decoder: any Decoder) throws { claims = try SessionClaims(from: decoder) }
  func encode(to encoder: any Encoder) throws { try claims.encode(to: encoder) }
  func verify(using algorithm: some JWTAlgorithm) throws {}
}
