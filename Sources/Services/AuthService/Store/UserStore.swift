import Identifiers
import Records
import Redis

/// An account as it is stored.
struct StoredUser: Sendable, Hashable {
  let id: String
  let email: String
  let password: PasswordRecord
}

extension StoredUser: Record {
  static func key(_ id: String) -> RedisKey { AuthKeys.user(id) }

  static let fields: RecordFields = ["email", "password"]

  init(_ stored: StoredRecord, id: String) throws {
    guard let password = PasswordRecord(try stored.text("password")) else {
      throw MalformedRecord(stored.key, "password")
    }
    self.init(id: id, email: try stored.text("email"), password: password)
  }
}

/// Accounts in Redis.
struct UserStore: Sendable {
  let redis: RedisClient

  func userID(email: EmailAddress) async throws -> String? {
    try await redis.hget(AuthKeys.emails, email.value)?.string
  }

  func user(email: EmailAddress) async throws -> StoredUser? {
    guard let id = try await userID(email: email) else { return nil }
    return try await redis.read(StoredUser.self, id)
  }

  /// Claims the email and writes the account in one step. Throws `AuthError.emailInUse` where another was first.
  func create(_ user: StoredUser, at time: UnixTime) async throws {
    var commit = Commit()
    commit.require(AuthKeys.emails, fieldAbsent: user.email)
    commit.require(absent: StoredUser.key(user.id))
    commit.hashSet(
      StoredUser.key(user.id),
      [
        ("id", .string(user.id)), ("email", .string(user.email)), ("password", .string(user.password.description)),
        ("createdAt", .time(time)),
      ])
    commit.hashSet(AuthKeys.emails, [(user.email, .string(user.id))])
    commit.repeatable(as: AuthKeys.operation(user.id))
    guard case .refused = try await redis.commit(commit) else { return }
    throw AuthError.emailInUse
  }
}
