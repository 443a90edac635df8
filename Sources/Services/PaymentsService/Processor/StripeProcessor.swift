/// Charges through Stripe's PaymentIntents in two steps, create and confirm, so that there is an id to look up and to
/// cancel before anything can have been charged (docs.stripe.com/api/payment_intents).
struct StripeProcessor: PaymentProcessor {
  let connection: StripeConnection
  /// In lower case, as Stripe writes it. Amounts are in its smallest unit.
  let currency: String

  func createIntent(_ order: ChargeOrder, key: String) async -> ProcessorReply {
    var form = [
      ("amount", "\(order.amountCents)"), ("currency", currency), ("payment_method_types[]", "card"),
      ("metadata[order]", order.attempt.orderID), ("metadata[attempt]", "\(order.attempt.number)"),
      ("metadata[payment]", order.paymentID),
    ]
    if order.token.isSingleUse {
      form += [("payment_method_data[type]", "card"), ("payment_method_data[card][token]", order.token.value)]
    } else {
      form.append(("payment_method", order.token.value))
    }
    return ProcessorReply(await connection.post("/v1/payment_intents", form, key: key))
  }

  /// With a URL to return to, Stripe names one where the card holder is asked; without, only its script can ask.
  func confirm(intent id: String, returningTo url: String, key: String) async -> ProcessorReply {
    let form = url.isEmpty ? [] : [("return_url", url)]
    return ProcessorReply(await connection.post("/v1/payment_intents/\(id)/confirm", form, key: key))
  }

  func retrieve(intent id: String) async -> ProcessorReply {
    let expanded = "expand%5B%5D=latest_charge&expand%5B%5D=latest_charge.refunds"
    let reply = await connection.get("/v1/payment_intents/\(id)?\(expanded)")
    guard let intent = reply?.decoded(StripeIntent.self), intent.latestCharge?.isDisputed == true else {
      return ProcessorReply(reply)
    }
    // The charge says that it was disputed, not how that ended.
    let disputes = await connection.get("/v1/disputes?payment_intent=\(id)&limit=100")
    guard disputes?.status == 200, let list = disputes?.decoded(StripeDisputeList.self),
      list.data.allSatisfy({ $0.paymentIntent == id })
    else { return ProcessorReply(answer: .unknown) }
    return ProcessorReply(reply, disputes: list.data)
  }

  /// Without a key: a cancellation that failed once should not be answered so for a day.
  func cancel(intent id: String) async -> ProcessorReply {
    let reply = ProcessorReply(await connection.post("/v1/payment_intents/\(id)/cancel", [], key: nil))
    if case .refused = reply.answer { return await retrieve(intent: id) }
    // Such as one that was refunded since: its own look-up tells.
    return reply.answer.isMoney ? await retrieve(intent: id) : reply
  }

  func refund(intent id: String, key: String) async -> RefundReply {
    RefundReply(await connection.post("/v1/refunds", [("payment_intent", id)], key: key))
  }

  func retrieve(refund id: String) async -> RefundReply {
    RefundReply(await connection.get("/v1/refunds/\(id)"))
  }
}
