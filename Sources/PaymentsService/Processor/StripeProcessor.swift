/// Charges through Stripe's PaymentIntents in two steps, create and confirm, so that there is an id to look up and to
/// cancel before anything can have been charged (docs.stripe.com/api/payment_intents).
struct StripeProcessor: PaymentProcessor {
  let connection: StripeConnection
  /// As Stripe writes it: `usd`.
  let currency: String

  func createIntent(_ order: ChargeOrder) async -> ProcessorAnswer {
    var form = [
      ("amount", "\(order.amountCents)"), ("currency", currency), ("payment_method_types[]", "card"),
      ("metadata[order]", order.attempt.orderID), ("metadata[attempt]", "\(order.attempt.number)"),
    ]
    if order.token.isSingleUse {
      form += [("payment_method_data[type]", "card"), ("payment_method_data[card][token]", order.token.value)]
    } else {
      form.append(("payment_method", order.token.value))
    }
    return ProcessorAnswer(
      await connection.post("/v1/payment_intents", form, key: ProcessorKey.create(order.attempt)))
  }

  func confirm(intent id: String, of attempt: AttemptID) async -> ProcessorAnswer {
    ProcessorAnswer(
      await connection.post("/v1/payment_intents/\(id)/confirm", [], key: ProcessorKey.confirm(attempt)))
  }

  func retrieve(intent id: String) async -> ProcessorAnswer {
    ProcessorAnswer(await connection.get("/v1/payment_intents/\(id)?expand%5B%5D=latest_charge"))
  }

  /// Without a key: a cancellation that failed once should not be answered so for a day.
  func cancel(intent id: String) async -> ProcessorAnswer {
    let answer = ProcessorAnswer(await connection.post("/v1/payment_intents/\(id)/cancel", [], key: nil))
    if case .refused = answer { return await retrieve(intent: id) }
    return answer
  }

  func refund(intent id: String) async -> RefundAnswer {
    RefundAnswer(
      await connection.post("/v1/refunds", [("payment_intent", id)], key: ProcessorKey.refund(intent: id)))
  }
}
