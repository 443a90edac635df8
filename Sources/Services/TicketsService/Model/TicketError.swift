/// Why a well-formed request about a ticket is refused.
enum TicketError: Error, Hashable {
  case notFound
  case notOwner
  case reserved
  /// It is at this version, not at the expected one.
  case outdated(version: Int64)
  case versionExhausted
}
