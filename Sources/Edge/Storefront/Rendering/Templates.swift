import Mustache

/// The templates of the pages, compiled into the program.
struct Templates: Sendable {
  private let library: MustacheLibrary

  /// Throws where a template is malformed.
  init() throws {
    HTMLEscaping.register()
    library = MustacheLibrary(
      templates: try Self.sources.mapValues {
        try MustacheTemplate(string: HTMLEscaping.pragma + String(decoding: $0, as: UTF8.self))
      })
  }

  /// Told what every template is given: a test holds the names in the templates against it, because one that nobody
  /// gives is left empty without a word.
  @TaskLocal static var observer: (@Sendable (Template, Fields) -> Void)?

  /// Absent fields are empty; there is no template of another name than those below.
  func render(_ template: Template, _ fields: Fields) -> String {
    Self.observer?(template, fields)
    return library.render(fields, withTemplate: template.rawValue) ?? ""
  }

  static let sources: [String: [UInt8]] = [
    "layout": PackageResources.layout_mustache,
    "problem": PackageResources.problem_mustache,
    "pay_sandbox": PackageResources.pay_sandbox_mustache,
    "pay_stripe": PackageResources.pay_stripe_mustache,
    Template.landing.rawValue: PackageResources.landing_mustache,
    Template.available.rawValue: PackageResources.available_mustache,
    Template.account.rawValue: PackageResources.account_mustache,
    Template.ticket.rawValue: PackageResources.ticket_mustache,
    Template.ticketForm.rawValue: PackageResources.ticket_form_mustache,
    Template.ownTickets.rawValue: PackageResources.own_tickets_mustache,
    Template.orders.rawValue: PackageResources.orders_mustache,
    Template.order.rawValue: PackageResources.order_mustache,
    Template.challenge.rawValue: PackageResources.challenge_mustache,
    Template.error.rawValue: PackageResources.error_mustache,
  ]
}

/// What a page, or a part of one, is made from.
enum Template: String {
  case landing, available, account, ticket, ticketForm, ownTickets, orders, order, challenge, error
}

/// The values of a template by name: texts, flags, and lists of the same. A text that is not there is left out, because
/// an empty one opens its section too.
typealias Fields = [String: Any]
