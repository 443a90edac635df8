import Gateway
import HTTPTypes
import Hummingbird
import TicketingProto

/// The shop in a browser: pages that the gateway serves beside its API.
///
/// They are made of the gateway's words (session, call, price, error) and mounted into it by the program, so the arrow
/// points from here to the gateway, and a gateway without pages is the API alone.
package struct Storefront: Pages {
  package let routes: [Route]
  private let visits: Visits
  private let renderer: PageRenderer

  /// Throws where a template is malformed.
  package init(
    backends: Backends, gateway: GatewayConfiguration,
    configuration: StorefrontConfiguration = StorefrontConfiguration()
  ) throws {
    let files = try StaticFiles(bootstrapFolder: configuration.bootstrapFolder)
    let csrf = CSRFCookie(isSecure: gateway.secureCookies)
    let renderer = PageRenderer(
      templates: try Templates(), files: files, policy: ContentSecurityPolicy(styleHost: files.bootstrap.host),
      csrf: csrf, currency: gateway.currency)
    let visits = Visits(auth: backends.auth, csrf: csrf, bodyLimit: gateway.limits.bodyBytes)
    self.renderer = renderer
    self.visits = visits

    let landing = LandingPage(tickets: backends.tickets, renderer: renderer)
    let accounts = AccountPages(
      auth: backends.auth, cookie: SessionCookie(isSecure: gateway.secureCookies),
      clients: ClientAddresses(trustedProxies: gateway.trustedProxies), renderer: renderer)
    let tickets = TicketPages(tickets: backends.tickets, orders: backends.orders, renderer: renderer)
    let own = OwnTicketsPage(tickets: backends.tickets, renderer: renderer)
    let forms = TicketForms(tickets: backends.tickets, renderer: renderer)
    let orders = OrderPages(
      orders: backends.orders, payments: backends.payments, renderer: renderer, cards: configuration.cards,
      policy: ContentSecurityPolicy(styleHost: files.bootstrap.host, cards: configuration.cards))
    routes = [
      visits.get("/", landing.show),

      visits.get("/auth/signup", accounts.show(.signUp)),
      visits.post("/auth/signup", accounts.enter(.signUp)),
      visits.get("/auth/signin", accounts.show(.signIn)),
      visits.post("/auth/signin", accounts.enter(.signIn)),
      visits.post("/auth/signout", accounts.signOut),

      visits.get("/tickets/new", forms.showNew),
      visits.post("/tickets/new", forms.create),
      visits.get("/tickets/available", landing.showAvailable),
      visits.get("/tickets/mine", own.show),
      visits.get("/tickets/:id/edit", forms.showEdit),
      visits.post("/tickets/:id/edit", forms.update),
      visits.get("/tickets/:id", tickets.show),
      visits.post("/tickets/:id/buy", tickets.buy),

      visits.get("/orders", orders.list),
      visits.get("/orders/:id", orders.show),
      visits.post("/orders/:id/pay", orders.pay),
      visits.post("/orders/:id/cancel", orders.cancel),
      visits.get("/orders/:id/challenge", orders.showChallenge),
      visits.post("/orders/:id/challenge", orders.answerChallenge),
      // Reloaded after a refusal, or come back to: what only takes posts leads to the page whose form it is.
      visits.get("/tickets/:id/buy", Visits.back), visits.get("/orders/:id/pay", Visits.back),
      visits.get("/orders/:id/cancel", Visits.back),

      Route(.get, "/static/:hash/:name", files.get),
    ]
  }

  package func answer(to error: APIError, _ request: Request, _ context: GatewayContext) async -> Response {
    var visit = Visit(request: request, context: context, csrf: renderer.csrf.token(of: request))
    // Where a service fails, asking another one for the name to show could only take longer.
    if error.status.kind == .clientError { visit.user = try? await visits.auth.session(of: request, context)?.user }
    return renderer.page(error, visit)
  }
}
