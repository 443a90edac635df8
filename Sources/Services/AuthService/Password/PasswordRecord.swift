import COpenSSL

/// A password as it is stored: `scrypt$n,r,p$salt$hash` with hexadecimal salt and hash.
/// The cost is part of the record, so that it can be raised without invalidating anything.
package struct PasswordRecord: Sendable, Hashable, CustomStringConvertible {
  static let saltBytes = 16
  static let hashBytes = 32

  let cost: ScryptCost
  let salt: [UInt8]
  let hash: [UInt8]

  /// Hashes a new password with fresh salt. Takes as long as `cost` says: call it on a thread that may block.
  static func make(password: String, cost: ScryptCost) throws -> PasswordRecord {
    let salt = try freshSalt()
    return PasswordRecord(cost: cost, salt: salt, hash: try scrypt(password, salt: salt, cost: cost))
  }

  /// Whether this is the password. Takes as long as the record's cost says, and the same time for any password.
  func matches(_ password: String) throws -> Bool {
    let candidate = try scrypt(password, salt: salt, cost: cost)
    return candidate.count == hash.count && CRYPTO_memcmp(candidate, hash, hash.count) == 0
  }

  /// Reads what `description` writes; nil for anything else.
  package init?(_ text: String) {
    let parts = text.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4, parts[0] == "scrypt", let cost = ScryptCost(parts[1]),
      let salt = [UInt8](hex: parts[2]), salt.count == Self.saltBytes,
      let hash = [UInt8](hex: parts[3]), hash.count == Self.hashBytes
    else { return nil }
    self.init(cost: cost, salt: salt, hash: hash)
  }

  private init(cost: ScryptCost, salt: [UInt8], hash: [UInt8]) {
    self.cost = cost
    self.salt = salt
    self.hash = hash
  }

  package var description: String { "scrypt$\(cost)$\(salt.hex)$\(hash.hex)" }
}

/// libcrypto failed to do what it was asked for: out of memory, or no source of randomness.
struct CryptoError: Error, CustomStringConvertible {
  let description: String
}

private func scrypt(_ password: String, salt: [UInt8], cost: ScryptCost) throws -> [UInt8] {
  var hash = [UInt8](repeating: 0, count: PasswordRecord.hashBytes)
  let bytes = Array(password.utf8)
  let done = bytes.withUnsafeBytes { bytes in
    EVP_PBE_scrypt(
      bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, salt, salt.count,
      cost.n, cost.r, cost.p, cost.memoryLimitBytes, &hash, hash.count)
  }
  guard done == 1 else { throw CryptoError(description: "scrypt with cost \(cost) failed") }
  return hash
}

private func freshSalt() throws -> [UInt8] {
  var salt = [UInt8](repeating: 0, count: PasswordRecord.saltBytes)
  guard RAND_bytes(&salt, CInt(PasswordRecord.saltBytes)) == 1 else {
    throw CryptoError(description: "no random bytes to be had")
  }
  return salt
}

extension [UInt8] {
  fileprivate var hex: String {
    let digits = Array<UInt8>("0123456789abcdef".utf8)
    return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  fileprivate init?(hex text: String) {
    guard text.utf8.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    var high: Int?
    for character in text {
      guard character.isASCII, let digit = character.hexDigitValue else { return nil }
      if let first = high {
        bytes.append(UInt8(first << 4 | digit))
        high = nil
      } else {
        high = digit
      }
    }
    self = bytes
  }
}
