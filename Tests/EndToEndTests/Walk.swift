import Foundation
import Testing

/// The first slice as a person walks through it with curl.
struct Walk {
  private(set) var seller: APIClient
  private(set) var first = ""
  private(set) var second = ""

  init(port: Int) {
    seller = APIClient(port: port)
  }

  /// Sign up, sell two tickets, list them, change one; another user may not.
  mutating func signUpAndSell() async throws {
    let account = try await seller.send(
      "POST", "/api/users/signup", ["email": "Seller@example.com", "password": "password"])
    #expect(account.status == 201)
    #expect(account["email"] == "seller@example.com")
    let user = try await seller.send("GET", "/api/users/currentuser").object["currentUser"] as? [String: Any]
    #expect(user?["email"] as? String == "seller@example.com")
    #expect(user?["id"] as? String == account["id"])

    first = try #require(try await sell("Concert", 50)["id"])
    second = try #require(try await sell("Opera", 12.5)["id"])
    #expect(try await listed() == [second, first])

    let edited = try await seller.send("PUT", "/api/tickets/\(first)", ["title": "Concert, row 1", "price": 75])
    #expect(edited.status == 200)
    #expect(edited["version"] == "1")

    var other = APIClient(port: seller.port)
    let credentials = ["email": "other@example.com", "password": "password"]
    #expect(try await other.send("POST", "/api/users/signup", credentials).status == 201)
    let refused = try await other.send("PUT", "/api/tickets/\(first)", ["title": "Mine", "price": 1])
    #expect(refused.status == 401)
  }

  /// What must still be so after everything was killed and started again, on whatever port.
  mutating func expectUnchanged(port: Int) async throws {
    var client = APIClient(port: port)
    let signedIn = try await client.send(
      "POST", "/api/users/signin", ["email": "seller@example.com", "password": "password"])
    #expect(signedIn.status == 200)
    let ticket = try await client.send("GET", "/api/tickets/\(first)")
    #expect(ticket.status == 200)
    #expect(ticket["title"] == "Concert, row 1")
    #expect(ticket["price"] == "75")
    #expect(ticket["version"] == "1")
    #expect(ticket.object["orderId"] is NSNull)
    #expect(try await client.send("GET", "/api/tickets").array.map { $0["id"] as? String } == [second, first])
  }

  private mutating func sell(_ title: String, _ price: Double) async throws -> APIClient.Answer {
    let answer = try await seller.send("POST", "/api/tickets", ["title": title, "price": price])
    #expect(answer.status == 201)
    #expect(answer["version"] == "0")
    return answer
  }

  private mutating func listed() async throws -> [String?] {
    try await seller.send("GET", "/api/tickets").array.map { $0["id"] as? String }
  }
}
