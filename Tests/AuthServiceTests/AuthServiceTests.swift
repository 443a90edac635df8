import AuthService
import RPC
import Redis
import ServiceHost
import ServiceTestSupport
import Testing
import TicketingProto

private func withAuth(
  _ variables: [String: String] = [:],
  _ body: @Sendable @escaping (AuthV1.AuthServiceClient, ServiceUnderTest) async throws -> Void
) async throws {
  let environment = Environment(["SCRYPT_COST": "1024,8,1"].merging(variables) { $1 })
  let settings = try AuthSettings(environment, stage: .development)
  try await withService({ redis, keys in try .auth(redis: redis, keys: keys, settings: settings) }) { service in
    try await body(AuthV1.AuthServiceClient(service.channel), service)
  }
}

@Suite struct AuthServiceTests {
  @Test func `who signs up is signed in`() async throws {
    try await withAuth { auth, service in
      let answer = try await auth.signUp(.init(email: " User@Example.com", password: "password"))
      let user = try #require(answer.user)
      let session = try #require(answer.session)
      #expect(user.email == "user@example.com")
      #expect(session.expiryTime - session.issuedTime == 7 * 24 * 60 * 60)
      let current = try await auth.getCurrentUser(
        .init(), options: CallOptions(metadata: ["authorization": "Bearer \(session.token)"]))
      #expect(current.user == user)
      #expect(current.issuedTime == session.issuedTime)
    }
  }

  @Test func `who signed up can sign in, in any case of letters`() async throws {
    try await withAuth { auth, _ in
      let user = try await auth.signUp(.init(email: "user@example.com", password: "password")).user
      #expect(try await auth.signIn(.init(email: "USER@example.com ", password: "password")).user == user)
    }
  }

  @Test func `the same answer for an unknown email and a wrong password`() async throws {
    try await withAuth { auth, _ in
      _ = try await auth.signUp(.init(email: "user@example.com", password: "password"))
      let wrong = await failure { try await auth.signIn(.init(email: "user@example.com", password: "Password")) }
      let unknown = await failure { try await auth.signIn(.init(email: "other@example.com", password: "password")) }
      #expect(wrong?.code == .unauthenticated)
      #expect(wrong?.reason == "INVALID_CREDENTIALS")
      #expect(unknown?.code == wrong?.code && unknown?.reason == wrong?.reason && unknown?.message == wrong?.message)
    }
  }

  @Test func `one of fifty rivals gets an email, and one account is stored`() async throws {
    try await withAuth { auth, service in
      let codes = await withTaskGroup(of: StatusCode.self) { group in
        for number in 0..<50 {
          group.addTask {
            let email = number.isMultiple(of: 2) ? "user@example.com" : "User@Example.com"
            let error = await failure { try await auth.signUp(.init(email: email, password: "password \(number)")) }
            return error?.code ?? .ok
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(codes.filter { $0 == .ok }.count == 1)
      #expect(codes.filter { $0 == .alreadyExists }.count == 49)
      let emails = try await service.redis.hgetall(RedisKey("{auth}:emails")).names
      #expect(emails == ["user@example.com"])
      let accounts = try await service.redis.send(RedisCommand("KEYS", "{auth}:user:*")).array()
      #expect(accounts.count == 1)
    }
  }

  @Test func `a password is stored as a record of scrypt, never as it is`() async throws {
    try await withAuth { auth, service in
      let id = try #require(try await auth.signUp(.init(email: "user@example.com", password: "password")).user?.id)
      let stored = try await service.redis.hgetall(RedisKey("{auth}:user:\(id)"))
      #expect(try stored.string("password").hasPrefix("scrypt$1024,8,1$"))
      #expect(try stored.string("email") == "user@example.com")
    }
  }

  @Test(arguments: [
    ("", "", ["email", "password"]), ("user", "password", ["email"]), ("user@example.com", "1234567", ["password"]),
    ("user@example.com", String(repeating: "x", count: 129), ["password"]),
    ("user@example.com", String(repeating: "x", count: 1_000_000), ["password"]),
    ("user@example.com\r\nBcc: all@example.com", "password", ["email"]),
  ])
  func `every field that breaks a rule is named at sign-up`(email: String, password: String, fields: [String])
    async throws
  {
    try await withAuth { auth, _ in
      let refusal = await failure { try await auth.signUp(.init(email: email, password: password)) }
      #expect(refusal?.code == .invalidArgument)
      #expect(refusal?.violations.map(\.field) == fields)
    }
  }

  @Test func `a password of 8 characters that are not ASCII is long enough`() async throws {
    try await withAuth { auth, _ in
      let answer = try await auth.signUp(.init(email: "user@example.com", password: "пароль€ñ"))
      #expect(answer.user != nil)
    }
  }

  @Test(arguments: ["", "Bearer", "Bearer x", "Basic dXNlcjpwYXNz", "Bearer eyJhbGciOiJub25lIn0.e30."])
  func `without a valid token there is no current user`(authorization: String) async throws {
    try await withAuth { auth, _ in
      let options = CallOptions(metadata: authorization.isEmpty ? [:] : ["authorization": authorization])
      #expect(await failure { try await auth.getCurrentUser(.init(), options: options) }?.code == .unauthenticated)
    }
  }

  @Test func `an account's attempts are limited, another account's are its own`() async throws {
    try await withAuth(["RATE_LIMIT_SIGNIN_PER_MINUTE": "3"]) { auth, _ in
      var codes: [StatusCode?] = []
      for _ in 0..<5 {
        let attempt = AuthV1.SignInRequest(email: "user@example.com", password: "password", clientAddress: "192.0.2.1")
        codes.append(await failure { try await auth.signIn(attempt) }?.code)
      }
      #expect(codes == [.unauthenticated, .unauthenticated, .unauthenticated, .resourceExhausted, .resourceExhausted])
      let other = AuthV1.SignInRequest(email: "other@example.com", password: "password", clientAddress: "192.0.2.1")
      #expect(await failure { try await auth.signIn(other) }?.code == .unauthenticated)
    }
  }

  @Test func `an address's sign-ups are limited, and the refusal says when to come back`() async throws {
    try await withAuth(["RATE_LIMIT_SIGNUP_PER_MINUTE": "1"]) { auth, _ in
      _ = try await auth.signUp(.init(email: "a@example.com", password: "password", clientAddress: "192.0.2.1"))
      let refusal = await failure {
        try await auth.signUp(.init(email: "b@example.com", password: "password", clientAddress: "192.0.2.1"))
      }
      #expect(refusal?.reason == "RATE_LIMITED")
      let wait = try #require(refusal?.retryAfter)
      #expect(wait > .zero && wait <= .seconds(60))
      _ = try await auth.signUp(.init(email: "b@example.com", password: "password", clientAddress: "192.0.2.2"))
    }
  }
}

@Suite struct AuthSettingsTests {
  @Test func `a weak cost is refused in production`() {
    #expect(throws: ConfigurationError.self) {
      try AuthSettings(Environment(["SCRYPT_COST": "1024,8,1"]), stage: .production)
    }
  }

  @Test(arguments: ["-1", "many", "1e9", "9223372036854775808", "1.5"])
  func `a limit that is no whole number is refused`(text: String) {
    #expect(throws: ConfigurationError.self) {
      try AuthSettings(Environment(["RATE_LIMIT_SIGNIN_PER_MINUTE": text]), stage: .development)
    }
  }
}
