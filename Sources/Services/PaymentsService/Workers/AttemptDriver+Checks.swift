import Logging

/// What the processor says counts only where it is about what was asked for.
extension AttemptDriver {
  func checked(_ reply: ProcessorReply, _ attempt: Attempt) -> ProcessorAnswer {
    let checked = reply.checked(for: attempt, currency: settings.currency)
    if let objection = checked.objection { object(objection, to: attempt, intent: reply.terms?.intent ?? "") }
    return checked.answer
  }

  func checked(_ reply: RefundReply, _ attempt: Attempt) -> RefundAnswer {
    let checked = reply.checked(for: attempt, currency: settings.currency)
    if let objection = checked.objection { object(objection, to: attempt, intent: reply.terms?.intent ?? "") }
    if case .refused(let reason) = checked.answer {
      logger.error(
        "the processor refuses a refund; it is tried again",
        metadata: ["attempt": .string(attempt.id.description), "code": .string(reason.code)])
    }
    return checked.answer
  }

  func object(_ objection: String, to attempt: Attempt, intent: String) {
    logger.error(
      "the processor's answer is not about what was asked for, and is not believed",
      metadata: [
        "attempt": .string(attempt.id.description), "reason": .string(String(objection.prefix(200))),
        "intent": .string(String(intent.prefix(255))),
      ])
  }
}
