import Gateway
import HTTPTypes
import Hummingbird
import Money
import RPC
import TicketingProto

/// `/tickets/new` and `/tickets/:id/edit`: what its seller says of a ticket.
struct TicketForms: Sendable {
  let tickets: TicketsV1.TicketsServiceClient
  let renderer: PageRenderer

  @Sendable func showNew(_ visit: Visit) async throws -> Response {
    _ = try visit.signedInCall()
    return page(Self.new, visit)
  }

  /// The key makes a double click one ticket.
  @Sendable func create(_ visit: Visit) async throws -> Response {
    try await submit(Self.new, visit) { call, cents in
      try await tickets.createTicket(
        .init(title: visit.form["title"], priceCents: cents, idempotencyKey: visit.form["key"]), options: call
      ).ticket
    }
  }

  @Sendable func showEdit(_ visit: Visit) async throws -> Response {
    let call = try visit.signedInCall()
    let id = try visit.context.id(of: .ticket)
    let ticket = try await tickets.getTicket(.init(id: id), options: call).ticket.required("ticket")
    guard ticket.userID == visit.user?.id else {
      throw RPCError(.permissionDenied, "Not authorized", reason: "NOT_OWNER")
    }
    return page(
      Self.edit(id), visit, typed: (ticket.title, renderer.currency.typed(ticket.priceCents)), shown: Shown(ticket))
  }

  @Sendable func update(_ visit: Visit) async throws -> Response {
    let id = try visit.context.id(of: .ticket)
    let shown = Shown(visit.form)
    return try await submit(Self.edit(id), visit, from: shown) { call, cents in
      try await update(id, visit.form["title"], cents, from: shown, call)
    }
  }

  /// How often an edit is sent again because somebody reserved the ticket and gave it back meanwhile: that is a new
  /// version, but nothing that the seller's page showed has changed.
  private static let repetitions = 3

  private func update(
    _ id: String, _ title: String, _ cents: Int64, from shown: Shown, _ call: CallOptions
  ) async throws -> TicketsV1.Ticket? {
    var version = shown.version
    var left = Self.repetitions
    while true {
      do {
        return try await tickets.updateTicket(
          .init(id: id, title: title, priceCents: cents, expected: .expectedVersion(version)), options: call
        ).ticket
      } catch let error as RPCError where error.reason == Self.outdated && left > 0 {
        let ticket = try await tickets.getTicket(.init(id: id), options: call).ticket.required("ticket")
        guard shown.isStill(ticket) else { throw error }
        version = ticket.version
        left -= 1
      }
    }
  }

  private static let outdated = "VERSION_OUTDATED"

  /// What is there now beside what was wanted: whoever saves again has seen both.
  private func outdated(_ id: String, _ visit: Visit) async throws -> Response {
    let ticket = try await tickets.getTicket(.init(id: id), options: try visit.signedInCall()).ticket
      .required("ticket")
    var form: Fields = Self.edit(id)
    var problem = "Somebody is buying this ticket: it cannot be changed at the moment."
    if ticket.orderID.isEmpty {
      problem = "The ticket has changed since you opened this page."
      form["button"] = "Save mine all the same"
      form["backText"] = "Keep it as it is now"
      form["current"] = [
        "title": ticket.title, "price": renderer.currency.text(ticket.priceCents), "wantedTitle": visit.form["title"],
        "wantedPrice": (try? cents(visit.form)).map { renderer.currency.text($0) } ?? visit.form["price"],
      ]
    }
    return page(form, visit, shown: Shown(ticket), FormProblems(.preconditionFailed, problem))
  }

  private func submit(
    _ form: Fields, _ visit: Visit, from shown: Shown? = nil,
    _ send: (CallOptions, Int64) async throws -> TicketsV1.Ticket?
  ) async throws -> Response {
    do {
      let ticket = try await send(try visit.signedInCall(), try cents(visit.form)).required("ticket")
      return .seeOther("/tickets/\(ticket.id)")
    } catch {
      if (error as? RPCError)?.reason == Self.outdated {
        return try await outdated(try visit.context.id(of: .ticket), visit)
      }
      let problems = try FormProblems(error, knows: ["title", "price"])
      guard problems.status != .notFound else { throw error }
      return page(form, visit, shown: shown, problems)
    }
  }

  /// What the service would say of the title is said beside the price's problem, so that both can be mended at once.
  private func cents(_ form: FormBody) throws -> Int64 {
    let currency = renderer.currency
    var typed = form["price"].filter { $0 != " " }[...]
    let symbol = currency.symbol.filter { $0 != "\u{a0}" }
    if typed.hasPrefix(symbol) { typed.removeFirst(symbol.count) }
    var problems: [(field: String, message: String)] = []
    if form["title"].allSatisfy(\.isWhitespace) { problems.append(("title", "Title is required")) }
    do throws(PriceProblem) {
      return try currency.minorUnits(typed)
    } catch {
      problems.append(("price", typed.isEmpty ? "Price is required" : "Price \(error.message)"))
    }
    throw APIError.invalidFields(problems)
  }

  /// `typed`: nil for what the form that was sent holds.
  private func page(
    _ form: Fields, _ visit: Visit, typed: (title: String, price: String)? = nil, shown: Shown? = nil,
    _ problems: FormProblems? = nil
  ) -> Response {
    var fields = form
    if let shown { fields["shown"] = shown.fields }
    let currency = renderer.currency
    let key = visit.form["key"]
    fields.merge([
      "typedTitle": typed?.title ?? visit.form["title"], "typedPrice": typed?.price ?? visit.form["price"],
      "key": key.isEmpty ? CSRFCookie.random() : key, "symbol": currency.symbol, "decimals": "\(currency.exponent)",
      "examplePrice": currency.typed(50 * currency.scale),
    ]) { $1 }
    return renderer.page(
      .ticketForm, title: form["heading"] as? String ?? "", fields, visit, problems: problems)
  }

  private static let new: [String: String] = [
    "heading": "Sell a ticket", "action": "/tickets/new", "button": "Put up for sale", "back": "/",
    "backText": "Back",
  ]

  private static func edit(_ id: String) -> [String: String] {
    [
      "heading": "Edit the ticket", "action": "/tickets/\(id)/edit", "button": "Save", "back": "/tickets/\(id)",
      "backText": "Back",
    ]
  }
}

/// The ticket that an edit was made from, as hidden fields of its form.
private struct Shown {
  let title: String
  let priceCents: Int64
  let version: Int64

  init(_ ticket: TicketsV1.Ticket) {
    title = ticket.title
    priceCents = ticket.priceCents
    version = ticket.version
  }

  /// What a form does not say is what no ticket has: then it is asked about.
  init(_ form: FormBody) {
    title = form["shownTitle"]
    priceCents = form.number("shownPrice") ?? -1
    version = form.number("version") ?? -1
  }

  var fields: [String: String] { ["title": title, "price": "\(priceCents)", "version": "\(version)"] }

  func isStill(_ ticket: TicketsV1.Ticket) -> Bool {
    ticket.orderID.isEmpty && ticket.title == title && ticket.priceCents == priceCents
  }
}
