import COpenSSL

/// libcrypto's hash functions.
package enum Digest {
  /// 20 bytes (RFC 3174). Not for anything that must resist an attacker.
  package static func sha1(_ bytes: some Sequence<UInt8>) throws(CryptoError) -> [UInt8] {
    try digest(bytes, EVP_sha1())
  }

  /// 32 bytes (FIPS 180-4).
  package static func sha256(_ bytes: some Sequence<UInt8>) throws(CryptoError) -> [UInt8] {
    try digest(bytes, EVP_sha256())
  }

  /// The HMAC over SHA-256 (RFC 2104): 32 bytes.
  package static func hmacSHA256(
    _ bytes: some Sequence<UInt8>, key: [UInt8]
  ) throws(CryptoError) -> [UInt8] {
    let bytes = Array(bytes)
    var code = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    guard HMAC(EVP_sha256(), key, Int32(clamping: key.count), bytes, bytes.count, &code, nil) != nil else {
      throw CryptoError("HMAC has failed")
    }
    return code
  }

  private static func digest(_ bytes: some Sequence<UInt8>, _ function: OpaquePointer?) throws(CryptoError) -> [UInt8] {
    let bytes = Array(bytes)
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    guard EVP_Digest(bytes, bytes.count, &digest, &count, function, nil) == 1 else {
      throw CryptoError("a digest has failed")
    }
    return Array(digest.prefix(Int(count)))
  }
}

/// libcrypto has failed to do what it was asked for: out of memory, or a provider forbids it.
package struct CryptoError: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) {
    self.description = description
  }
}
