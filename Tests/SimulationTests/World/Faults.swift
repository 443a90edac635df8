import RandomTestSupport

/// How often what goes wrong, per opportunity. Each seed has its own mixture, some of them none of a kind.
struct Faults {
  /// A process stops between two of its steps; what it was doing is never gone on with by itself.
  var crash: Double
  /// A delivered event comes to nothing, until it is delivered again.
  var loss: Double
  /// A delivered event is delivered to another consumer too.
  var duplicate: Double
  /// An event comes seconds later than those around it.
  var reorder: Double
  /// A request to the payment processor, or to orders, has a fate other than being answered.
  var request: Double
  /// An answer of the payment processor is about something else than was asked for.
  var lie: Double
  /// A refund is not through at once, or fails.
  var refund: Double
  /// Somebody gives a charge back at the payment processor's own pages.
  var refundByHand: Double
  /// An order's timer never fires.
  var timer: Double
  /// Nothing goes wrong any more from this time on, in milliseconds: what can settle, settles.
  static let end: Int64 = 150_000

  static func drawn(_ random: inout SplitMix) -> Faults {
    Faults(
      crash: random.one(of: [0, 0.01, 0.05, 0.15]), loss: random.one(of: [0, 0.05, 0.2]),
      duplicate: random.one(of: [0, 0.1, 0.4]), reorder: random.one(of: [0, 0.1, 0.4]),
      request: random.one(of: [0, 0.1, 0.3, 0.6]), lie: random.one(of: [0, 0, 0.1, 0.3]),
      refund: random.one(of: [0, 0.3, 0.7]), refundByHand: random.one(of: [0, 0, 0.2]),
      timer: random.one(of: [0, 0, 0.5]))
  }
}
