/// Which event of a ticket's orders it was: orders numbers a ticket's reservations, and an order's versions. Of two
/// events the one with the higher mark tells what is so now, however they arrive.
struct OrderMark: Sendable, Hashable, Comparable {
  /// 1 for the first order of the ticket; 0: of an order from before they were numbered.
  let reservation: Int64
  /// The order's, after the event.
  let version: Int64

  static func < (left: OrderMark, right: OrderMark) -> Bool {
    (left.reservation, left.version) < (right.reservation, right.version)
  }
}
