/// What a buyer saw of a ticket, as far as they say so: what the buyer saw is what the buyer pays.
struct SeenOffer: Sendable, Hashable {
  /// nil: not told.
  var priceCents: Int64?
  /// nil: not told.
  var version: Int64?

  enum Verdict: Sendable, Hashable {
    /// It is still so.
    case agreed
    /// Title or price is another by now.
    case changed
    /// It has been seen in a version that orders has not heard of yet.
    case notHeardOf
  }

  /// That a ticket was reserved and freed since it was seen is a new version, but nothing that changes the offer.
  func verdict(on ticket: OfferedTicket) -> Verdict {
    if let version, version > ticket.version { return .notHeardOf }
    if let priceCents, priceCents != ticket.priceCents { return .changed }
    if let version, version < ticket.editVersion { return .changed }
    return .agreed
  }
}

extension OfferedTicket {
  /// Throws where it is not for this buyer to reserve, or not as they saw it.
  func checkSale(to userID: String, asSeen seen: SeenOffer) throws(OrderError) {
    guard userID != self.userID else { throw .ownTicket }
    switch seen.verdict(on: self) {
    case .agreed: return
    case .changed: throw .priceChanged(priceCents: priceCents, version: version)
    case .notHeardOf: throw .ticketTooNew
    }
  }
}
