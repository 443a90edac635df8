import Identifiers
import RPC
import ServiceTestSupport
import SessionToken
import Testing

@testable import ServiceHost

@Suite struct ServiceTokenTests {
  private static let key = "0123456789abcdef0123456789abcdef"

  /// Seconds that the caller's clock is ahead, and with which key it signs.
  @Test(
    arguments: [
      (-300, key, "TOKEN_EXPIRED"), (300, key, "TOKEN_NOT_YET_VALID"),
      (0, "another key of thirty-two bytes.", "TOKEN_SIGNATURE"),
      (-90, key, nil), (90, key, nil), (0, key, nil),
    ] as [(Int64, String, String?)])
  func `the callee names the reason`(_ ahead: Int64, _ signing: String, _ reason: String?) async throws {
    let now = UnixTime.now().seconds + ahead
    let claims = SessionClaims(id: "u1", email: nil, service: "payments", iat: now, exp: now + 60)
    let token = try SessionKeys(current: signing).sign(claims)
    let log = LogRecorder()
    let context = CallContext(
      path: "/ticketing.orders.v1.OrdersService/GetOrder", metadata: ["authorization": "Bearer \(token)"])
    let recorder = CallRecorder(metrics: CallMetrics(), logger: log.logger)
    let keys = try SessionKeys(current: Self.key)
    let error: RPCError?
    do {
      try await AuthenticationInterceptor(keys: keys).intercept(context) { context in
        try await recorder.intercept(context) { try $0.requireService("payments") }
      }
      error = nil
    } catch let refusal as RPCError {
      error = refusal
    }
    #expect(error?.reason == reason)
    #expect(error?.code == (reason == nil ? nil : .unauthenticated))
    let told = log.lines("warning").filter { $0.contains("the token ") && $0.contains("payments") }
    #expect(told.count == (reason == nil ? 0 : 1))
  }
}
