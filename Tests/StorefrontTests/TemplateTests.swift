import Gateway
import HTTPTypes
import RPC
import Synchronization
import Testing
import TicketingProto

@testable import Storefront

@Suite struct `The templates` {
  /// Every state of every page is opened once; then each name in a template must be one that its pages have given it.
  @Test func `name nothing that their pages do not give`() async throws {
    let given = Mutex<[String: Names]>([:])
    try await Templates.$observer.withValue({ template, fields in
      given.withLock { $0[template.rawValue, default: Names()].add(fields) }
    }) {
      try await withShop { try await Self.openTickets($0, $1) }
      try await withShop { try await Self.openOrders($0, $1) }
      try await withShop(cards: .stripe(publishableKey: "pk_test_51")) { try await Self.openStripe($0, $1) }
      try await withShop(cards: .unavailable) { ann, _ in
        try await ann.signUp("ann")
        _ = try await ann.get(try await ann.buy("/tickets/01JATICKET10000", from: "/tickets/new"))
      }
    }
    var names = given.withLock { $0 }
    names[Template.order.rawValue, default: Names()].add(Self.paid)
    for (template, source) in Templates.sources where names[template] != nil {
      let unknown = Source(source).unknown(names[template, default: Names()])
      #expect(unknown == [], "in \(template).mustache")
    }
    #expect(Set(names.keys) == Set(Templates.sources.keys).subtracting(Source.partials))
  }

  private static func openTickets(_ ann: Browser, _ shop: Shop) async throws {
    _ = try await ann.get("/")
    _ = try await ann.get("/nowhere")
    _ = try await ann.post("/auth/signup", ["email": "not one", "password": "short"])
    _ = try await ann.post("/auth/signin", ["email": "nobody@example.com", "password": "correct horse"])
    try await ann.signUp("ann")
    _ = try await ann.get("/auth/signin")
    _ = try await ann.get("/tickets/mine")
    let ticket = try await ann.sell("Concert", price: "50")
    for number in 1...51 { _ = try await ann.sell("Ticket \(number)") }
    for path in ["/", "/tickets/available", "/?cursor=01JATICKET10010", "/tickets/mine", ticket] {
      _ = try await ann.get(path)
    }
    _ = try await ann.post("/tickets/new", ["title": "", "price": "x"])
    _ = try await ann.post("\(ticket)/buy", from: ticket, ["price": "1", "version": "9"])
    let edit = "\(ticket)/edit"
    _ = try await ann.post(edit, from: edit, ["title": "Opera", "price": "50", "version": "9"])
    shop.calls.fail(with: RPCError(.internal, "broken"))
    _ = try await ann.get("/")
  }

  private static func openOrders(_ ann: Browser, _ shop: Shop) async throws {
    try await ann.signUp("ann")
    _ = try await ann.get("/orders")
    _ = try await ann.get("/tickets/01JATICKET10000")
    let order = try await ann.buy("/tickets/01JATICKET10000", from: "/tickets/new")
    for number in 10_001...10_051 { _ = try await ann.buy("/tickets/01JATICKET\(number)", from: "/tickets/new") }
    _ = try await ann.post("\(order)/pay", from: order, ["token": "tok_chargeDeclined"])
    _ = try await ann.post("\(order)/pay", from: order, ["token": "tok_threeDSecure2Required"])
    for path in ["\(order)?challenge=failed", "/orders", "/orders?cursor=01JA"] { _ = try await ann.get(path) }
  }

  private static func openStripe(_ ann: Browser, _ shop: Shop) async throws {
    try await ann.signUp("ann")
    let order = try await ann.buy("/tickets/01JATICKET10000", from: "/tickets/new")
    _ = try await ann.post("\(order)/pay", from: order, ["token": "tok_threeDSecure2Required", "scripts": "1"])
  }

  /// The double knows of no payment.
  private static var paid: Fields {
    let order = OrdersV1.Order(id: "01JA", status: .complete, paymentID: "01JAPAYMENT")
    return OrderSummary(order, .usd).details(now: .now())
  }
}

/// The names that a template has been given, with those within lists and groups.
struct Names {
  private(set) var inner: [String: Names] = [:]

  mutating func add(_ fields: Fields) {
    for (name, value) in fields {
      inner[name, default: Names()].add(any: value)
    }
  }

  private mutating func add(any value: Any) {
    if let fields = value as? Fields { add(fields) }
    for element in value as? [Fields] ?? [] { add(element) }
  }
}

/// A template's tags.
struct Source {
  static let partials: Set = ["layout", "problem", "pay_sandbox", "pay_stripe"]
  private let tags: [Substring]

  init(_ bytes: [UInt8]) {
    tags = String(decoding: bytes, as: UTF8.self).matches(of: #/{{([^}]+)}}/#).map(\.1)
  }

  /// Those names that nothing around them has.
  func unknown(_ names: Names) -> Set<String> {
    var scopes = [names]
    return unknown(in: &scopes)
  }

  private func unknown(in scopes: inout [Names]) -> Set<String> {
    var unknown: Set<String> = []
    for tag in tags {
      let name = String(tag.dropFirst())
      switch tag.first {
      case "$": break
      case ">", "<":
        if let partial = Templates.sources[name] { unknown.formUnion(Source(partial).unknown(in: &scopes)) }
      // A block's end is no section's.
      case "/": if !["layout", "main", "head"].contains(name) { scopes.removeLast() }
      case ".": break
      case "#", "^":
        let found = scopes.last { $0.inner[name] != nil }?.inner[name]
        if found == nil { unknown.insert(name) }
        scopes.append(found ?? Names())
      default: if !scopes.contains(where: { $0.inner[String(tag)] != nil }) { unknown.insert(String(tag)) }
      }
    }
    return unknown
  }
}
