import COpenSSL

/// libcrypto's SHA-256, and the HMAC over it.
enum SHA256 {
  static let byteCount = 32

  /// In lower-case hexadecimal.
  static func hexDigest(_ text: String) throws(DigestFailure) -> String {
    var digest = [UInt8](repeating: 0, count: byteCount)
    let bytes = Array(text.utf8)
    guard EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil) == 1 else { throw DigestFailure() }
    return hex(digest)
  }

  static func hmac(key: String, _ message: some Collection<UInt8>) throws(DigestFailure) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: byteCount)
    var written = 0
    let key = Array(key.utf8)
    let message = Array(message)
    guard
      EVP_Q_mac(
        nil, "HMAC", nil, "SHA256", nil, key, key.count, message, message.count, &code, code.count, &written) != nil,
      written == byteCount
    else { throw DigestFailure() }
    return code
  }

  static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

/// libcrypto has refused to compute a digest, which it has no reason to.
struct DigestFailure: Error {}
