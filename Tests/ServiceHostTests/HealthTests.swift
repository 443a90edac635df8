import RPC
import Testing
import TicketingProto

@testable import ServiceHost

@Suite struct HealthTests {
  private let state = HealthState(services: ["a", "b"])
  private var client: HealthV1.HealthClient {
    HealthV1.HealthClient(
      DirectChannel(table: MethodTable(HealthV1.HealthMethods.registrations(HealthHandlers(state: state)))))
  }

  @Test func `the process serves while all of its services do`() async throws {
    #expect(try await client.check(.init()).status == .notServing)
    state.set("a", serving: true)
    #expect(try await client.check(.init(service: "a")).status == .serving)
    #expect(try await client.check(.init()).status == .notServing)
    state.set("b", serving: true)
    #expect(try await client.check(.init()).status == .serving)
    state.set("a", serving: false)
    #expect(try await client.check(.init()).status == .notServing)
  }

  @Test func `nothing serves once the process drains`() async throws {
    state.set("a", serving: true)
    state.drain()
    state.set("a", serving: true)
    #expect(try await client.check(.init(service: "a")).status == .notServing)
  }

  @Test func `whether it lives hangs on nothing`() async throws {
    #expect(try await client.check(.init(service: HealthState.liveness)).status == .serving)
    state.drain()
    #expect(try await client.check(.init(service: "liveness")).status == .serving)
  }

  @Test func `an unknown service is not found`() async {
    await #expect(throws: RPCError.self) { try await client.check(.init(service: "c")) }
  }

  @Test func `who watches hears of each change, once`() async throws {
    try await client.watch(.init(service: "a")) { responses in
      var iterator = responses.makeAsyncIterator()
      let first = try await iterator.next()?.status
      #expect(first == .notServing)
      state.set("b", serving: true)
      state.set("a", serving: true)
      let second = try await iterator.next()?.status
      #expect(second == .serving)
      state.drain()
      let third = try await iterator.next()?.status
      #expect(third == .notServing)
    }
  }

  @Test func `who watches an unknown service hears that it is`() async throws {
    try await client.watch(.init(service: "c")) { responses in
      var iterator = responses.makeAsyncIterator()
      let only = try await iterator.next()?.status
      #expect(only == .serviceUnknown)
    }
  }
}
