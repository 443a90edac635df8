/// The processor's test cards (docs.stripe.com/testing) that the sandbox is offered. Only the token is posted.
struct SandboxCard: Sendable {
  let token: String
  let number: String
  let label: String

  static let offered = [
    SandboxCard(token: "tok_visa", number: "4242 4242 4242 4242", label: "pays"),
    SandboxCard(token: "tok_chargeDeclined", number: "4000 0000 0000 0002", label: "is declined"),
    SandboxCard(
      token: "tok_chargeDeclinedInsufficientFunds", number: "4000 0000 0000 9995", label: "has insufficient funds"),
    SandboxCard(token: "tok_threeDSecure2Required", number: "4000 0000 0000 3220", label: "asks its holder first"),
  ]

  func fields(chosen: String) -> Fields {
    let isChosen = chosen.isEmpty ? token == Self.offered[0].token : token == chosen
    return ["token": token, "number": number, "label": label, "isChosen": isChosen]
  }
}
