import ServiceHost

/// What the auth service can be told by its environment.
package struct AuthSettings: Sendable {
  /// How long a session holds: a week.
  static let sessionSeconds: Int64 = 7 * 24 * 60 * 60
  /// Password hashes running or waiting at once; the next is refused with 503.
  static let passwordQueueLimit = 64

  /// `SCRYPT_COST`
  let scryptCost: ScryptCost
  /// `RATE_LIMIT_SIGNIN_PER_MINUTE`: per account; ten times as many per address. 0: no limit.
  let signInsPerMinute: Int
  /// `RATE_LIMIT_SIGNUP_PER_MINUTE`: per address. 0: no limit.
  let signUpsPerMinute: Int

  package init(_ environment: Environment, stage: CommonSettings.Stage) throws(ConfigurationError) {
    signInsPerMinute = try environment.integer("RATE_LIMIT_SIGNIN_PER_MINUTE", default: 20, in: 0...1_000_000)
    signUpsPerMinute = try environment.integer("RATE_LIMIT_SIGNUP_PER_MINUTE", default: 60, in: 0...1_000_000)
    guard let text = environment.string("SCRYPT_COST") else {
      scryptCost = .recommended
      return
    }
    guard let cost = ScryptCost(text) else {
      throw ConfigurationError("SCRYPT_COST is '\(text.prefix(40))': it must be n,r,p such as 32768,8,3")
    }
    guard stage != .production || cost.isAtLeast(.recommended) else {
      throw ConfigurationError("SCRYPT_COST is \(cost): with TICKETING_ENV=production it must be at least 32768,8,3")
    }
    scryptCost = cost
  }
}

extension ScryptCost {
  /// By the work that an attacker has to do a guess, and by the memory that he needs for it.
  fileprivate func isAtLeast(_ other: ScryptCost) -> Bool {
    n * r >= other.n * other.r && n * r * p >= other.n * other.r * other.p
  }
}
