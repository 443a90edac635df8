import Testing

@testable import AuthService

private let cheap = ScryptCost(n: 16, r: 1, p: 1) ?? .recommended

@Suite struct PasswordRecordTests {
  @Test func `a record matches its password and no other`() throws {
    let record = try PasswordRecord.make(password: "correct horse", cost: cheap)
    #expect(try record.matches("correct horse"))
    #expect(try !record.matches("correct horsf"))
    #expect(try !record.matches(""))
  }

  @Test func `a record reads back as itself`() throws {
    let record = try PasswordRecord.make(password: "correct horse", cost: cheap)
    #expect(PasswordRecord(record.description) == record)
  }

  @Test func `one password gives two records`() throws {
    let records = try (0..<2).map { _ in try PasswordRecord.make(password: "correct horse", cost: cheap) }
    #expect(records[0] != records[1])
  }

  /// Made by Python: hashlib.scrypt(b"correct horse", salt=bytes(range(16)), n=16, r=1, p=1, dklen=32).
  @Test func `a record that another implementation of scrypt made matches`() throws {
    let record = try #require(
      PasswordRecord(
        "scrypt$16,1,1$000102030405060708090a0b0c0d0e0f$"
          + "1889a062a641a7ee82c9305a9f94791360f4395f4af2fb01e35c5d29bf3edf14"))
    #expect(try record.matches("correct horse"))
  }

  @Test(arguments: [
    "", "scrypt", "scrypt$16,1,1$$", "bcrypt$16,1,1$00$00", "scrypt$15,1,1$00$00", "scrypt$0,0,0$00$00",
    "scrypt$18446744073709551615,8,1$00$00", "scrypt$16,1,1$zz$00", "scrypt$16,1,1$0$0",
  ])
  func `a text that is no record is refused`(text: String) {
    #expect(PasswordRecord(text) == nil)
  }
}

@Suite struct ScryptCostTests {
  @Test(arguments: ["32768,8,3", "16,1,1"])
  func `a sane cost is taken`(text: String) {
    #expect(ScryptCost(text)?.description == text)
  }

  @Test(arguments: [
    "", "1,8,1", "3,8,1", "32768", "32768,8", "32768,8,3,1", "-2,8,1", "1048576,32,1", "32768,0,1", "32768,8,0",
    "9223372036854775808,8,1", "18446744073709551616,8,1", "a,b,c", "32768, 8, 3",
  ])
  func `a cost that would not work or take the machine down is refused`(text: String) {
    #expect(ScryptCost(text) == nil)
  }
}

@Suite struct PasswordHasherTests {
  @Test func `an unknown account costs the same work and is refused`() async throws {
    let hasher = try PasswordHasher(cost: cheap, threads: 1, limit: 4)
    #expect(try await !hasher.verify("decoy", against: nil))
    let record = try await hasher.hash("correct horse")
    #expect(try await hasher.verify("correct horse", against: record))
  }

  @Test func `more than the limit at once is refused at once, the others are served`() async throws {
    let slow = try #require(ScryptCost(n: 1 << 14, r: 8, p: 1))
    let hasher = try PasswordHasher(cost: slow, threads: 1, limit: 3)
    let outcomes = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<20 {
        group.addTask {
          do {
            _ = try await hasher.hash("correct horse")
            return true
          } catch {
            #expect(error is AuthError)
            return false
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.filter { $0 }.count >= 3)
    #expect(outcomes.contains(false))
    #expect(try await hasher.hash("again").matches("again"))
  }
}
