/// One line of `XPENDING`.
package struct PendingEntry: Sendable, Hashable {
  package let id: String
  package let consumer: String
  package let idle: Duration
  package let deliveries: Int

  init(_ reply: RESPValue) throws {
    let parts = try reply.array()
    guard parts.count == 4 else { throw reply.unexpected("id, consumer, idle time and deliveries") }
    id = try parts[0].string()
    consumer = try parts[1].string()
    idle = .milliseconds(try parts[2].int64())
    deliveries = try parts[3].int()
  }
}

/// One group of `XINFO GROUPS`.
package struct GroupInfo: Sendable, Hashable {
  package let name: String
  package let consumers: Int
  package let pending: Int
  package let lastDeliveredID: String
  /// Entries not delivered yet; nil where the server cannot tell.
  package let lag: Int?

  init(_ values: RedisFieldValues) throws {
    name = try values.required("name").string()
    consumers = try values.required("consumers").int()
    pending = try values.required("pending").int()
    lastDeliveredID = try values.required("last-delivered-id").string()
    lag = try values["lag"]?.optional { try $0.int() }
  }
}
