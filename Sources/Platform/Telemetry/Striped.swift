import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Numbers by labels in several tables, each behind a lock of its own: threads that count at every request would
/// otherwise wait for each other longer than counting takes. A look adds the tables up.
struct Striped<Labels: MetricLabels, Cell: Sendable>: Sendable {
  private final class Stripe: Sendable {
    let cells = Mutex<[Labels: Cell]>([:])
  }

  private static var bits: UInt { 3 }
  private let stripes = (0..<(1 << Self.bits)).map { _ in Stripe() }

  /// Changes the cell of these labels that belongs to the calling thread.
  func update(_ labels: Labels, default empty: @autoclosure () -> Cell, _ change: (inout Cell) -> Void) {
    stripes[Self.index].cells.withLock { change(&$0[labels, default: empty()]) }
  }

  func total(_ add: (inout Cell, Cell) -> Void) -> [Labels: Cell] {
    stripes.reduce(into: [:]) { total, stripe in
      for (labels, cell) in stripe.cells.withLock({ $0 }) {
        if total[labels] == nil { total[labels] = cell } else { add(&total[labels, default: cell], cell) }
      }
    }
  }

  /// The same for a thread at all times. What differs between threads is above the size of a page; the product's
  /// highest bits depend on all of it (Knuth, The Art of Computer Programming 3, 6.4).
  private static var index: Int {
    #if canImport(Darwin)
      let thread = UInt(bitPattern: pthread_self())
    #else
      let thread = UInt(pthread_self())
    #endif
    return Int(((thread >> 12) &* 0x9e37_79b9_7f4a_7c15) >> (UInt(UInt.bitWidth) - bits))
  }
}
