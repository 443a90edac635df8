import HTTPTypes
import Hummingbird
import Operations

/// All that the gateway answers.
struct RouteTable: Sendable {
  /// The API, and what operators ask.
  private let api: [Route]
  private let pages: [Route]

  var routes: [Route] { api + pages }

  init(
    users: UserRoutes, tickets: TicketRoutes, orders: OrderRoutes, orderEvents: OrderEventsRoute,
    payments: PaymentRoutes, health: HealthRoutes, pages: [Route] = []
  ) {
    self.pages = pages
    api = [
      Route(.post, "/api/users/signup", users.signUp),
      Route(.post, "/api/users/signin", users.signIn),
      Route(.post, "/api/users/signout", users.signOut),
      Route(.get, "/api/users/currentuser", users.currentUser),

      Route(.get, "/api/tickets", tickets.list),
      Route(.post, "/api/tickets", tickets.create),
      Route(.get, "/api/tickets/:id", tickets.get),
      Route(.put, "/api/tickets/:id", tickets.update),

      Route(.get, "/api/orders", orders.list),
      Route(.post, "/api/orders", orders.create),
      Route(.get, "/api/orders/:id", orders.get),
      Route(.delete, "/api/orders/:id", orders.cancel),
      Route(.get, "/api/orders/:id/events", orderEvents.stream),

      Route(.post, "/api/payments", payments.create),
      Route(.post, "/api/payments/webhook", payments.webhook),

      Route(.get, "/healthz") { _, _ in health.alive() },
      Route(.get, "/readyz") { _, _ in await health.ready() },
    ]
  }

  /// The methods that a path takes, for the `Allow` field; empty where there is no such path.
  func methods(at path: String) -> [HTTPRequest.Method] {
    var methods: [HTTPRequest.Method] = []
    for route in routes where route.matches(path) && !methods.contains(route.method) {
      methods.append(route.method)
      if route.method == .get { methods.append(.head) }
    }
    return methods
  }

  /// Whether an error on this request is answered with a page: on the pages' own paths, and to browsers that look for
  /// a page where there is none. The API answers JSON to everybody.
  func isAnsweredWithPage(_ request: Request) -> Bool {
    let path = request.uri.path
    if pages.contains(where: { $0.matches(path) }) { return true }
    guard !pages.isEmpty, request.method == .get || request.method == .head else { return false }
    guard path.split(separator: "/").first != "api", !api.contains(where: { $0.matches(path) }) else { return false }
    return request.headers[values: .accept].contains { $0.lowercased().contains("text/html") }
  }
}

/// One row of the table.
package struct Route: Sendable {
  package typealias Handler = @Sendable (Request, GatewayContext) async throws -> Response

  let method: HTTPRequest.Method
  /// As the router writes it: a component that begins with `:` stands for any.
  let pattern: String
  let handler: Handler

  package init(_ method: HTTPRequest.Method, _ pattern: String, _ handler: @escaping Handler) {
    self.method = method
    self.pattern = pattern
    self.handler = handler
  }

  /// As the router compares: empty components do not count.
  func matches(_ path: String) -> Bool {
    let wanted = pattern.split(separator: "/")
    let given = path.split(separator: "/")
    return wanted.count == given.count && zip(wanted, given).allSatisfy { $0.hasPrefix(":") || $0 == $1 }
  }
}

/// Pages for people, served beside the API: the gateway knows no more of them.
///
/// They pass the ``Edge`` like everything else: request id, origin check, log, and the mapping of errors.
package protocol Pages: Sendable {
  var routes: [Route] { get }

  /// The page for what went wrong on one of these routes, or for a path that there is not.
  func answer(to error: APIError, _ request: Request, _ context: GatewayContext) async -> Response
}
