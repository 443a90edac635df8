import NIOPosix
import RPC
import ServiceDoubles
import Testing
import TicketingProto

@testable import Gateway

@Suite struct TicketLoaderTests {
  private let sessions = SessionsDouble()
  private let calls = CallsDouble()
  private let loader: TicketLoader
  private let client: TicketsV1.TicketsServiceClient

  init() {
    let service = TicketsServiceDouble(sessions: sessions, calls: calls)
    let table = MethodTable(TicketsV1.TicketsServiceMethods.registrations(service))
    client = TicketsV1.TicketsServiceClient(DirectChannel(table: table))
    loader = TicketLoader(client)
  }

  private func sell(_ title: String) async throws -> TicketsV1.Ticket {
    let token = sessions.issue(to: .init(id: "ann", email: "ann@example.com"))
    let answer = try await client.createTicket(
      .init(title: title, priceCents: 100, idempotencyKey: title),
      options: CallOptions(metadata: ["authorization": "Bearer \(token)"]))
    return try #require(answer.ticket)
  }

  /// What became of requests that one event loop reads in one turn, in their order.
  private func together(_ ids: [String]) async throws -> [Result<TicketsV1.Ticket, any Error>] {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let executor = try #require(try await loop.submit { EventLoopTaskExecutor.current }.get())
    return await withTaskExecutorPreference(executor) {
      await withTaskGroup(of: (Int, Result<TicketsV1.Ticket, any Error>).self) { group in
        for (index, id) in ids.enumerated() {
          group.addTask {
            do {
              return (index, .success(try await loader.ticket(id, options: .init(metadata: ["n": "\(index)"]))))
            } catch {
              return (index, .failure(error))
            }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
      }
    }
  }

  private var methods: [Substring] { calls.all.compactMap { $0.path.split(separator: "/").last } }

  @Test func `requests that come together share one call, and one that comes alone has its own`() async throws {
    let opera = try await sell("Opera")
    let concert = try await sell("Concert")
    let ids = [opera.id, concert.id, opera.id, opera.id]
    #expect(try await together(ids).map { try $0.get() } == [opera, concert, opera, opera])
    #expect(methods.dropFirst(2) == ["BatchGetTickets"])
    #expect(try await together([concert.id]).map { try $0.get() } == [concert])
    #expect(methods.dropFirst(3) == ["GetTicket"])
  }

  @Test func `more than one call takes go with several`() async throws {
    let opera = try await sell("Opera")
    #expect(try await together(Array(repeating: opera.id, count: 205)).map { try $0.get() }.allSatisfy { $0 == opera })
    #expect(methods.dropFirst() == ["BatchGetTickets", "BatchGetTickets", "BatchGetTickets"])
  }

  @Test func `who asks for what there is not is told so by the service, and the others have theirs`() async throws {
    let opera = try await sell("Opera")
    let answers = try await together([opera.id, "unknown"])
    #expect(try answers[0].get() == opera)
    let error = #expect(throws: RPCError.self) { try answers[1].get() }
    #expect(error?.reason == "TICKET_NOT_FOUND")
  }

  @Test func `all who share a call that fails are told`() async throws {
    calls.fail(with: RPCError(.unavailable, "away"))
    for answer in try await together(["a", "b", "c"]) {
      #expect(throws: RPCError.self) { try answer.get() }
    }
  }

  @Test func `one who goes away takes nothing from the others`() async throws {
    let opera = try await sell("Opera")
    let hold = Hold()
    calls.hold(hold)
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let executor = try #require(try await loop.submit { EventLoopTaskExecutor.current }.get())
    let loader = loader
    let (first, second) = try await loop.submit {
      // From one turn of the loop.
      (
        Task(executorPreference: executor) { try await loader.ticket(opera.id, options: .init()) },
        Task(executorPreference: executor) { try await loader.ticket(opera.id, options: .init()) }
      )
    }.get()
    await hold.reached()
    first.cancel()
    hold.release()
    #expect(try await second.value == opera)
    #expect(methods.dropFirst() == ["BatchGetTickets"])
  }
}
