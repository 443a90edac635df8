import Redis

/// Every key of the payments service, apart from its events' streams (`Subject.stream`).
package enum PaymentKeys {
  /// HASH userId, price (cents), status (created, cancelled), version: the order as far as its events have come;
  /// attempt, attemptStatus: the latest attempt to pay it (pending, succeeded, or over)
  package static func order(_ id: String) -> RedisKey { RedisKey("{payments}:order:\(id)") }

  /// HASH one attempt to pay: orderId, attempt, paymentId, userId, amount (cents), token (while it may be charged),
  /// status, stripeId, refusal, refusalMessage, returnUrl, clientSecret and redirectUrl (while the card holder is asked),
  /// createKey confirmKey refundKey (numbers of the processor's keys), spoilt, refundId, refundStatus, reversal, published
  /// (events of the payment), tries, doubted, revision, trace, createdAt, giveUpAt (Unix milliseconds)
  package static func attempt(_ id: AttemptID) -> RedisKey { attempt(text: id.description) }

  /// The same for whatever stands in place of an id.
  package static func attempt(text id: String) -> RedisKey { RedisKey("{payments}:attempt:\(id)") }

  /// STRING `<orderId>:<n>`: the one attempt that this intent of the processor belongs to
  package static func stripe(_ id: String) -> RedisKey { RedisKey("{payments}:stripe:\(id)") }

  /// HASH id, orderId, attempt, stripeId, amount (cents), status (succeeded, refunding, refunded, unsettled), reversal
  /// (empty, partly-refunded, refunded, disputed, charged-back), version (of its last event; -1: none yet), at
  package static func payment(_ id: String) -> RedisKey { RedisKey("{payments}:payment:\(id)") }

  /// ZSET `<orderId>:<n>` of the attempts about which something is left to be done, by the time of the next try (Unix
  /// milliseconds); while one is being driven, by the time from which others may
  package static let unresolved = RedisKey("{payments}:unresolved")

  /// ZSET `<orderId>:<n>` of the attempts whose money must go back and is not back yet, by when that began (Unix
  /// milliseconds)
  package static let owed = RedisKey("{payments}:owed")

  /// ZSET `<orderId>:<n>` of the attempts that were given up unsettled, by when (Unix milliseconds)
  package static let unsettled = RedisKey("{payments}:unsettled")

  /// HASH fingerprint, result (the attempt's number): of a request that may be repeated; expires
  package static func operation(_ id: String) -> RedisKey { RedisKey("{payments}:operation:\(id)") }

  /// STRING type: a webhook's event that has been taken; expires
  package static func webhook(_ id: String) -> RedisKey { RedisKey("{payments}:webhook:\(id)") }

  /// HASH id, status, amount (cents), currency, order, attempt, token, clientSecret, createdAt: of the sandbox that stands in for Stripe
  package static func sandboxIntent(_ id: String) -> RedisKey { RedisKey("{payments}:sandbox:intent:\(id)") }

  /// STREAM kind (charge, refund) intent order attempt amount (cents): the money that the sandbox has moved
  package static let sandboxLedger = RedisKey("{payments}:sandbox:ledger")
}
