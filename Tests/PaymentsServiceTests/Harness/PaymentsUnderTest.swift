import EventBus
import Identifiers
import Logging
import RPC
import Redis
import RedisTestSupport
import ServiceHost
import ServiceTestSupport
import Synchronization
import Testing
import TicketingProto

@testable import PaymentsService

/// The payments service on a redis-server of its own, beside a double of orders.
struct PaymentsUnderTest: Sendable {
  let client: PaymentsV1.PaymentsServiceClient
  let orders: OrdersDouble
  let service: ServiceUnderTest
  let parts: PaymentsParts

  var redis: RedisClient { service.redis }

  func pay(
    _ orderID: String, _ token: String = "tok_visa", as userID: String = "buyer", key: String = "",
    returningTo url: String = ""
  ) async throws -> PaymentsV1.Payment {
    var options = try await service.session(userID)
    options.timeout = .seconds(30)
    let request = PaymentsV1.CreatePaymentRequest(token: token, orderID: orderID, idempotencyKey: key, returnURL: url)
    return try #require(try await client.createPayment(request, options: options).payment)
  }

  func attempt(_ orderID: String, _ number: Int64 = 1) async throws -> Attempt {
    try #require(try await parts.store.attempt(AttemptID(orderID: orderID, number: number)))
  }

  /// The attempt once it is in one of these states, and nothing about it is unresolved any more.
  func settled(_ orderID: String, _ number: Int64 = 1) async throws -> Attempt {
    let id = AttemptID(orderID: orderID, number: number)
    return try await eventually("\(id) settles") {
      let isOpen = try await redis.zscore(PaymentKeys.unresolved, .string(id.description)) != nil
      let attempt = try await parts.store.attempt(id)
      return isOpen ? nil : attempt
    }
  }

  /// What the sandbox has moved: `charge <order> <cents>`.
  func ledger() async throws -> [String] {
    try await redis.xrange(PaymentKeys.sandboxLedger).compactMap(\.fields).map {
      "\(try $0.string("kind")) \(try $0.string("order")) \(try $0.int64("amount"))"
    }
  }

  func events(_ subject: Subject) async throws -> [RedisFields] {
    try await redis.xrange(subject.stream).compactMap(\.fields)
  }

  func events<Message: RPCMessage>(_ subject: Subject, _: Message.Type) async throws -> [Message] {
    try await events(subject).map { fields in
      try #require(fields["data"]).withUnsafeBytes { try Message(decoding: $0) }
    }
  }
}

/// Asks until there is an answer; fails the test after half a minute.
func eventually<Value: Sendable>(_ what: String, _ ask: () async throws -> Value?) async throws -> Value {
  let deadline = ContinuousClock.now + .seconds(30)
  while ContinuousClock.now < deadline {
    if let value = try await ask() { return value }
    try await Task.sleep(for: .milliseconds(5))
  }
  throw Waited(description: "waited in vain: \(what)")
}

struct Waited: Error, CustomStringConvertible {
  let description: String
}

extension PaymentsSettings {
  /// Impatient.
  static func forTests(_ variables: [String: String] = [:]) throws -> PaymentsSettings {
    var settings = try PaymentsSettings(Environment(variables), stage: .development)
    settings.pace = RetryPace(
      first: .milliseconds(20), longest: .milliseconds(100), longestForRefund: .milliseconds(200))
    settings.lease = .seconds(2)
    settings.processorTimeout = .seconds(1)
    return settings
  }
}

func withPayments<Result: Sendable>(
  settings: PaymentsSettings? = nil, logger: Logger = .silent,
  processor: @escaping @Sendable (RedisClient, PaymentsSettings) throws -> any PaymentProcessor = { redis, _ in
    SandboxProcessor(redis: redis, currency: "usd")
  },
  _ body: @Sendable @escaping (PaymentsUnderTest) async throws -> Result
) async throws -> Result {
  let settings = try settings ?? .forTests()
  let orders = OrdersDouble()
  let made = Mutex<PaymentsParts?>(nil)
  return try await withService({ redis, keys in
    let table = RPCHost.table(
      OrdersV1.OrdersServiceMethods.registrations(orders), keys: keys, logger: .silent)
    let parts = PaymentsParts(
      redis: redis, orders: OrdersV1.OrdersServiceClient(DirectChannel(table: table)),
      credentials: ServiceCredentials(service: "payments", keys: keys), settings: settings,
      processor: try processor(redis, settings), logger: logger)
    made.withLock { $0 = parts }
    return parts.hosted(redis: redis, bus: .forTests(redis))
  }) { service in
    let parts = try #require(made.withLock { $0 })
    return try await body(
      PaymentsUnderTest(
        client: PaymentsV1.PaymentsServiceClient(service.channel), orders: orders, service: service, parts: parts))
  }
}
