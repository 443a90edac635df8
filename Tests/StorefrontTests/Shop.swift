import Gateway
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Money
import NIOPosix
import RPC
import ServiceDoubles
import TicketingProto

@testable import Storefront

/// A gateway with the pages, in front of doubles of its services.
struct Shop {
  let tickets: TicketsServiceDouble
  let orders: OrdersServiceDouble
  let calls: CallsDouble
  let application: GatewayApplication.Server

  init(
    bootstrapFolder: String = "/nowhere", secureCookies: Bool = false, cards: CardEntry = .sandbox,
    currency: Currency = .usd
  ) throws {
    let sessions = SessionsDouble()
    calls = CallsDouble()
    tickets = TicketsServiceDouble(sessions: sessions, calls: calls, limits: PriceLimits(currency))
    orders = OrdersServiceDouble(sessions: sessions, calls: calls)
    let auth = AuthServiceDouble(sessions: sessions, calls: calls)
    let payments = PaymentsServiceDouble(sessions: sessions, calls: calls)
    let methods =
      AuthV1.AuthServiceMethods.registrations(auth) + TicketsV1.TicketsServiceMethods.registrations(tickets)
      + OrdersV1.OrdersServiceMethods.registrations(orders) + PaymentsV1.PaymentsServiceMethods.registrations(payments)
    let channel = DirectChannel(table: MethodTable(methods))
    let backends = Backends(all: channel)
    var gateway = GatewayConfiguration()
    gateway.secureCookies = secureCookies
    gateway.currency = currency
    var configuration = StorefrontConfiguration()
    configuration.bootstrapFolder = bootstrapFolder
    configuration.cards = cards
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    application = GatewayApplication.build(
      backends: backends, configuration: gateway,
      pages: try Storefront(backends: backends, gateway: gateway, configuration: configuration),
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
  }
}

/// Runs `body` with a browser in a fresh shop.
func withShop(
  bootstrapFolder: String = "/nowhere", secureCookies: Bool = false, cards: CardEntry = .sandbox,
  currency: Currency = .usd, _ body: @Sendable (Browser, Shop) async throws -> Void
) async throws {
  let shop = try Shop(bootstrapFolder: bootstrapFolder, secureCookies: secureCookies, cards: cards, currency: currency)
  try await shop.application.test(.router) { try await body(Browser(client: $0), shop) }
}
