import EventBus
import Logging
import Redis
import ServiceHost
import TicketingProto

extension HostedService {
  /// Money for orders. `orders` is the service that must agree before anything is charged.
  package static func payments(
    redis: RedisClient, bus: Bus, orders: OrdersV1.OrdersServiceClient, credentials: ServiceCredentials,
    settings: PaymentsSettings, logger: Logger
  ) throws -> HostedService {
    PaymentsParts(
      redis: redis, orders: orders, credentials: credentials, settings: settings,
      processor: settings.processor(redis: redis, logger: logger), logger: logger
    ).hosted(redis: redis, bus: bus)
  }
}

/// What the service is made of; tests put it together with processors of their own.
struct PaymentsParts {
  let store: PaymentStore
  let resolver: PaymentResolver
  let handlers: PaymentsHandlers

  init(
    redis: RedisClient, orders: OrdersV1.OrdersServiceClient, credentials: ServiceCredentials,
    settings: PaymentsSettings, processor: any PaymentProcessor, logger: Logger
  ) {
    store = PaymentStore(redis: redis)
    resolver = PaymentResolver(
      driver: AttemptDriver(
        store: store, processor: processor, orders: orders, credentials: credentials, settings: settings,
        logger: logger))
    handlers = PaymentsHandlers(
      store: store, resolver: resolver, processor: processor, orders: orders, settings: settings, logger: logger)
  }

  var listeners: [Listener] {
    [.orderCreated(store), .orderCancelled(store), .refundRequested(store, resolver)]
  }

  func hosted(redis: RedisClient, bus: Bus) -> HostedService {
    HostedService(
      name: "payments", serviceName: PaymentsV1.PaymentsServiceMethods.serviceName,
      methods: PaymentsV1.PaymentsServiceMethods.registrations(handlers), callers: ["gateway"],
      workers: [resolver] + bus.workers(of: .payments, redis: redis, listeners: listeners),
      dependencies: [.redis(redis)])
  }
}

extension PaymentsSettings {
  /// Stripe, where there is a key for it.
  fileprivate func processor(redis: RedisClient, logger: Logger) -> any PaymentProcessor {
    if let stripeKey {
      return StripeProcessor(
        connection: StripeConnection(base: stripeBase, key: stripeKey, timeout: processorTimeout, logger: logger),
        currency: currency)
    }
    logger.notice("STRIPE_KEY is not set: a sandbox stands in for Stripe, and no money moves")
    return SandboxProcessor(redis: redis, currency: currency)
  }
}
