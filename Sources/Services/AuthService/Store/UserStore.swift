import Identifiers
import Records
import Redis
import ServiceHost

/// An account as it is stored.
struct StoredUser: Sendable, Hashable {
  let id: String
  let email: String
  let password: PasswordRecord
}

/// Accounts in Redis.
struct UserStore: Sendable {
  let redis: RedisClient

  func userID(email: EmailAddress) async throws -> String? {
    try await redis.hget(AuthKeys.emails, email.value)?.string
  }

  func user(email: EmailAddress) async throws -> StoredUser? {
    guard let id = try await userID(email: email) else { return nil }
    return try await user(id: id)
  }

  func user(id: String) async throws -> StoredUser? {
    let fields = try await redis.hgetall(AuthKeys.user(id))
    guard !fields.isEmpty else { return nil }
    guard let email = fields["email"]?.string, let password = fields["password"]?.string.flatMap(PasswordRecord.init)
    else { throw MalformedRecord(AuthKeys.user(id)) }
    return StoredUser(id: id, email: email, password: password)
  }

  /// Claims the email and writes the account in one step. Throws `AuthError.emailInUse` where another was first.
  func create(_ user: StoredUser, at time: UnixTime) async throws {
    var commit = Commit()
    commit.require(AuthKeys.emails, fieldAbsent: user.email)
    commit.require(absent: AuthKeys.user(user.id))
    commit.hashSet(
      AuthKeys.user(user.id),
      [
        ("id", .string(user.id)), ("email", .string(user.email)), ("password", .string(user.password.description)),
        ("createdAt", .integer(time.milliseconds)),
      ])
    commit.hashSet(AuthKeys.emails, [(user.email, .string(user.id))])
    commit.operation(key: AuthKeys.operation(user.id), fingerprint: user.id, result: [], expiry: .seconds(60))
    guard case .refused = try await redis.commit(commit) else { return }
    throw AuthError.emailInUse
  }
}
