import NIOPosix
import RPC
import TicketingProto

/// Reads tickets for requests that come together with one call, and a ticket that several of them ask for once: what
/// everybody looks at when a sale begins costs the tickets service little more than what one looks at.
///
/// Together are those that one event loop has read in one turn. A request waits for no other, no answer is kept, and
/// each call begins after the requests it answers: what a client has changed, it reads.
final class TicketLoader: Sendable {
  private enum Outcome: Sendable {
    case found(TicketsV1.Ticket)
    /// There is nobody to share a call with, or the shared one has not found it and does not say why.
    case askAlone
  }

  private struct Waiter {
    let id: String
    let options: CallOptions
    let continuation: CheckedContinuation<Outcome, any Error>
  }

  /// Of one event loop. `@unchecked Sendable`: touched only there.
  private final class Turn: @unchecked Sendable {
    var waiting: [Waiter] = []
  }

  /// As many as the tickets service takes in one call.
  private static let callLimit = 100

  private let tickets: TicketsV1.TicketsServiceClient
  private let turns = ThreadSpecificVariable<Turn>()

  init(_ tickets: TicketsV1.TicketsServiceClient) {
    self.tickets = tickets
  }

  /// Throws as `GetTicket` does. `options` differ between requests by their request id and trace alone: of requests that
  /// share a call, the first one's go along.
  func ticket(_ id: String, options: CallOptions) async throws -> TicketsV1.Ticket {
    if let loop = MultiThreadedEventLoopGroup.currentEventLoop {
      let outcome = try await withCheckedThrowingContinuation { continuation in
        let isFirst = join(Waiter(id: id, options: options, continuation: continuation))
        // After the requests that are ready by now.
        if isFirst { loop.execute { self.endTurn() } }
      }
      if case .found(let ticket) = outcome { return ticket }
    }
    return try await tickets.getTicket(.init(id: id), options: options).ticket.required("GetTicketResponse.ticket")
  }

  private func join(_ waiter: Waiter) -> Bool {
    let turn = turns.value { Turn() }
    turn.waiting.append(waiter)
    return turn.waiting.count == 1
  }

  private func endTurn() {
    guard let turn = turns.currentValue else { return }
    let waiting = turn.waiting
    turn.waiting.removeAll(keepingCapacity: true)
    if waiting.count == 1 { return waiting[0].continuation.resume(returning: .askAlone) }
    for start in stride(from: 0, to: waiting.count, by: Self.callLimit) {
      let waiters = waiting[start..<min(start + Self.callLimit, waiting.count)]
      // A task of its own: a client that goes away cancels its request, and must not cancel the others'.
      Task.immediate(executorPreference: EventLoopTaskExecutor.current) { await self.load(waiters) }
    }
  }

  private func load(_ waiters: ArraySlice<Waiter>) async {
    guard let first = waiters.first else { return }
    do {
      let request = TicketsV1.BatchGetTicketsRequest(ids: Array(Set(waiters.map(\.id))))
      let answer = try await tickets.batchGetTickets(request, options: first.options)
      let found = Dictionary(answer.tickets.map { ($0.id, $0) }) { first, _ in first }
      for waiter in waiters { waiter.continuation.resume(returning: found[waiter.id].map { .found($0) } ?? .askAlone) }
    } catch {
      for waiter in waiters { waiter.continuation.resume(throwing: error) }
    }
  }
}
