import Foundation
import ServiceHost
import Testing

@Suite struct EnvironmentTests {
  @Test func `an empty value counts as absent`() throws {
    let environment = Environment(["A": ""])
    #expect(environment.string("A") == nil)
    #expect(try environment.integer("A", default: 7, in: 0...9) == 7)
    #expect(throws: ConfigurationError.self) { try environment.required("A", expected: "something") }
  }

  @Test(arguments: ["10", "-1", "x", "1.0", " 1", "99999999999999999999"])
  func `a number out of range or no number is said with its bounds`(text: String) {
    let error = #expect(throws: ConfigurationError.self) {
      try Environment(["A": text]).integer("A", default: 0, in: 0...9)
    }
    #expect(error?.description == "A is '\(text)': it must be a whole number from 0 to 9")
  }

  @Test func `lists are trimmed and empty items dropped`() throws {
    #expect(try Environment(["A": " a, b ,,c,"]).list("A", of: "words") { $0 } == ["a", "b", "c"])
    #expect(try Environment([:]).list("A", of: "words") { $0 }.isEmpty)
  }

  @Test func `an item that is malformed is said with what was expected`() {
    let error = #expect(throws: ConfigurationError.self) {
      try Environment(["A": "1, x"]).list("A", of: "numbers such as 7") { Int($0) }
    }
    #expect(error?.description == "A has 'x': it must be a list of numbers such as 7")
  }

  @Test func `an unknown word is said with the known ones`() {
    let error = #expect(throws: ConfigurationError.self) {
      try CommonSettings(Environment(["TICKETING_ENV": "staging"]), terminal: false)
    }
    #expect(error?.description == "TICKETING_ENV is 'staging': it must be one of development, production")
  }

  @Test func `a service's own Redis comes before the shared one, and its password is in no error`() throws {
    let environment = Environment(["REDIS_URL": "redis://shared:1", "TICKETS_REDIS_URL": "redis://own:2"])
    #expect(
      try environment.redisURL(service: "tickets")
        == (try Environment(["REDIS_URL": "redis://own:2"]).redisURL(service: "auth")))
    let error = #expect(throws: ConfigurationError.self) {
      try Environment(["REDIS_URL": "http://user:secret@host"]).redisURL(service: "auth")
    }
    #expect(error?.description.contains("REDIS_URL") == true)
    #expect(error?.description.contains("secret") == false)
  }

  @Test func `a short key is refused and not shown`() {
    let error = #expect(throws: ConfigurationError.self) {
      try Environment(["JWT_KEY": "secret"]).sessionKeys()
    }
    #expect(error?.description.contains("JWT_KEY has 6 bytes") == true)
    #expect(error?.description.contains("secret") == false)
  }
}
