import Identifiers
import RPC
import Records
import ServiceHost
import TicketingProto

extension OrdersHandlers {
  /// For how long what the buyer has seen is waited for, until orders has heard of it too.
  private static let patience: Duration = .seconds(2)

  func createOrder(
    _ request: OrdersV1.CreateOrderRequest, context: CallContext
  ) async throws -> OrdersV1.CreateOrderResponse {
    let user = try context.requireUser()
    let key = try IdempotencyKey.validated(request.idempotencyKey)
    let seen = SeenOffer(request)
    guard !request.ticketID.isEmpty else { throw InvalidFields("ticketId", "ticketId is required") }
    guard let ticketID = ULID(request.ticketID) else { throw OrderError.ticketNotFound }
    let mark = key.map { RequestMark($0, by: user.id, of: ticketID.description, seen: seen) }
    let id = ULID().description
    do {
      let answer = try await store.redis.decide {
        let (ticket, now) = try await ticket(ticketID, asSeen: seen)
        try ticket.checkSale(to: user.id, asSeen: seen)
        let order = Order.reserving(ticket, as: id, for: user.id, window: window, at: now)
        let answer = try await store.create(
          order, of: ticket, mark: mark, answer: OrdersV1.Order(order).encoded(), trace: context.trace)
        return answer.map { .settled($0) } ?? .again
      }
      return OrdersV1.CreateOrderResponse(order: try OrdersV1.Order(encoded: answer))
    } catch let error as OrderError {
      // What has changed since is nothing to somebody who asks again for what they were given then.
      guard let mark, let earlier = try await store.redis.recall(mark) else { throw error }
      return OrdersV1.CreateOrderResponse(order: try OrdersV1.Order(encoded: earlier))
    }
  }

  /// The ticket once orders has heard of the version that the buyer saw, or as it is after a while.
  private func ticket(_ id: ULID, asSeen seen: SeenOffer) async throws -> (OfferedTicket, UnixTime) {
    let deadline = ContinuousClock.now + Self.patience
    var pause: Duration = .milliseconds(5)
    while true {
      let (ticket, clock) = try await store.redis.readWithClock(OfferedTicket.self, id.description)
      let isHeardOf = ticket.map { seen.verdict(on: $0) != .notHeardOf } ?? (seen.version == nil)
      guard !isHeardOf, .now < deadline else {
        guard let ticket else { throw OrderError.ticketNotFound }
        return (ticket, clock.reading)
      }
      try await Task.sleep(for: pause)
      pause = min(pause * 2, .milliseconds(100))
    }
  }
}

extension SeenOffer {
  init(_ request: OrdersV1.CreateOrderRequest) {
    self.init(priceCents: request.seenPriceCents == 0 ? nil : request.seenPriceCents)
    if case .seenVersion(let version) = request.seen { self.version = version }
  }
}

extension RequestMark {
  fileprivate init(_ key: IdempotencyKey, by userID: String, of ticketID: String, seen: SeenOffer) {
    let told = [seen.priceCents, seen.version].map { $0.map { "\($0)" } ?? "" }
    self.init(
      OrderKeys.operation("create:\(userID):\(key.value)"),
      fingerprint: seen == SeenOffer() ? ticketID : ([ticketID] + told).joined(separator: " "))
  }
}
