import Foundation
import Testing

/// People at one platform, as they sell, reserve and pay with curl.
struct Purchase {
  let port: Int
  var seller: APIClient
  var buyer: APIClient

  init(port: Int, headers: [String: String] = [:]) async throws {
    self.port = port
    seller = try await Self.signedUp(port, "seller", headers)
    buyer = try await Self.signedUp(port, "buyer", headers)
  }

  static func signedUp(_ port: Int, _ name: String, _ headers: [String: String] = [:]) async throws -> APIClient {
    var client = APIClient(port: port, headers: headers)
    let account = ["email": "\(name)-\(UUID().uuidString.prefix(8))@example.com", "password": "password"]
    let answer = try await client.send("POST", "/api/users/signup", account)
    try #require(answer.status == 201)
    return client
  }

  mutating func sell(_ title: String = "Concert", _ price: Double = 50) async throws -> String {
    let answer = try await seller.send("POST", "/api/tickets", ["title": title, "price": price])
    return try answer.created
  }

  /// Reserves a ticket, once the orders service has heard of it.
  mutating func order(_ ticket: String) async throws -> String {
    var buyer = buyer
    let answer = try await eventually("the ticket can be ordered") {
      let answer = try await buyer.send("POST", "/api/orders", ["ticketId": ticket])
      return answer.status == 404 ? nil : answer
    }
    return try answer.created
  }

  /// The orders service has heard of the ticket, and so of those before it.
  mutating func waitUntilKnown(_ ticket: String?) async throws {
    let order = try await order(try #require(ticket))
    try #require(try await buyer.send("DELETE", "/api/orders/\(order)").status == 204)
  }

  mutating func pay(_ order: String, _ token: String = "tok_visa") async throws -> APIClient.Answer {
    try await buyer.send("POST", "/api/payments", ["token": token, "orderId": order])
  }

  func status(_ order: String) async throws -> String? {
    var buyer = buyer
    return try await buyer.send("GET", "/api/orders/\(order)")["status"]
  }

  /// Whether a ticket is offered.
  func isListed(_ ticket: String) async throws -> Bool {
    var seller = seller
    return try await seller.send("GET", "/api/tickets").array.contains { $0["id"] as? String == ticket }
  }

  func waitFor(_ order: String, _ status: String, within seconds: Double = 20) async throws {
    try await eventually("order \(order) is \(status)", within: seconds) {
      try await self.status(order) == status ? true : nil
    }
  }

  func waitFor(_ ticket: String, listed: Bool, within seconds: Double = 20) async throws {
    try await eventually("ticket \(ticket) is \(listed ? "offered" : "not offered")", within: seconds) {
      try await isListed(ticket) == listed ? true : nil
    }
  }
}

/// Asks again and again, until there is an answer or the time is over.
@discardableResult
func eventually<Answer>(
  _ what: String, within seconds: Double = 20, _ ask: () async throws -> Answer?
) async throws -> Answer {
  let deadline = ContinuousClock.now + .seconds(seconds)
  while true {
    if let answer = try await ask() { return answer }
    guard .now < deadline else { throw TimedOut(what: what) }
    try await Task.sleep(for: .milliseconds(20))
  }
}

extension APIClient.Answer {
  /// The id of what was created.
  var created: String {
    get throws {
      guard status == 201, let id = self["id"] else { throw NotCreated(answer: "\(status) \(object)") }
      return id
    }
  }
}

struct NotCreated: Error {
  let answer: String
}

struct TimedOut: Error {
  let what: String
}
