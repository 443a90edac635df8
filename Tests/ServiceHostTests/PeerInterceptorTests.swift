import RPC
import ServiceHost
import Testing

@Suite struct PeerInterceptorTests {
  private let interceptor = PeerInterceptor([
    HostedService(
      name: "orders", serviceName: "ticketing.orders.v1.OrdersService", methods: [],
      callers: ["gateway", "payments"], workers: [], dependencies: []),
    HostedService(
      name: "expiration", serviceName: "ticketing.expiration.v1.ExpirationService", methods: [], workers: [],
      dependencies: []),
  ])

  @Test(arguments: ["gateway", "payments"])
  func `those that a service expects may call it`(name: String) async throws {
    try await call("/ticketing.orders.v1.OrdersService/GetOrder", as: name)
  }

  @Test(arguments: ["tickets", "gateway.example", "", nil])
  func `others are refused by name`(name: String?) async throws {
    let error = await #expect(throws: RPCError.self) {
      try await call("/ticketing.orders.v1.OrdersService/GetOrder", as: name)
    }
    #expect(error?.code == .permissionDenied)
    #expect(error?.reason == "PEER_NOT_ALLOWED")
    await #expect(throws: RPCError.self) {
      try await call("/ticketing.expiration.v1.ExpirationService/Anything", as: "gateway")
    }
  }

  @Test func `health may be asked by any of ours`() async throws {
    try await call("/grpc.health.v1.Health/Check", as: "tickets")
  }

  @Test(arguments: [(nil, true), ("payments", true), ("gateway", false)])
  func `a service's token is good only with its own certificate`(peer: String?, expected: Bool) {
    let context = CallContext(path: "/a/b", peerName: peer, caller: Caller(service: "payments"))
    #expect((try? context.requireService("payments")) != nil || !expected)
    #expect((try? context.requireService("payments")) == nil || expected)
  }

  private func call(_ path: String, as name: String?) async throws {
    let context = CallContext(path: path, peerName: name)
    try await interceptor.intercept(context) { _ in }
  }
}
