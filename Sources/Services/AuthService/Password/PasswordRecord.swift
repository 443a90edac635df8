import Cryptography

/// A password as it is stored: `scrypt$n,r,p$salt$hash` with hexadecimal salt and hash.
/// The cost is part of the record, so that it can be raised without invalidating anything.
struct PasswordRecord: Sendable, Hashable, CustomStringConvertible {
  static let saltBytes = 16
  static let hashBytes = 32

  let cost: ScryptCost
  let salt: [UInt8]
  let hash: [UInt8]

  /// Hashes a new password with fresh salt. Takes as long as `cost` says: call it on a thread that may block.
  static func make(password: String, cost: ScryptCost) throws -> PasswordRecord {
    let salt = [UInt8].random(count: saltBytes)
    return PasswordRecord(cost: cost, salt: salt, hash: try hash(password, salt: salt, cost: cost))
  }

  /// Whether this is the password. Takes as long as the record's cost says, and the same time for any password.
  func matches(_ password: String) throws -> Bool {
    try Self.hash(password, salt: salt, cost: cost).equalsInConstantTime(hash)
  }

  private static func hash(_ password: String, salt: [UInt8], cost: ScryptCost) throws -> [UInt8] {
    try scrypt(
      password, salt: salt, n: cost.n, r: cost.r, p: cost.p, memoryLimit: cost.memoryLimitBytes, count: hashBytes)
  }

  /// Reads what `description` writes; nil for anything else.
  init?(_ text: String) {
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

  var description: String { "scrypt$\(cost)$\(salt.hex)$\(hash.hex)" }
}
