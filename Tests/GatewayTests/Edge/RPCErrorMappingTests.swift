import RPC
import Testing

@testable import Gateway

@Suite struct `An RPC status` {
  @Test(
    arguments: [
      (.invalidArgument, 400), (.unauthenticated, 401), (.permissionDenied, 401), (.notFound, 404),
      (.alreadyExists, 400), (.failedPrecondition, 400), (.resourceExhausted, 503), (.aborted, 409),
      (.unavailable, 503), (.deadlineExceeded, 504), (.cancelled, nil), (.unknown, nil), (.outOfRange, nil),
      (.unimplemented, nil), (.internal, nil), (.dataLoss, nil), (.ok, nil),
    ] as [(StatusCode, Int?)])
  func `has its HTTP status, or is a fault`(code: StatusCode, expected: Int?) {
    #expect(APIError(RPCError(code, "message"))?.status.code == expected)
  }

  @Test(
    arguments: [
      (.unauthenticated, "INVALID_CREDENTIALS", 400), (.failedPrecondition, "IDEMPOTENCY_KEY_REUSED", 422),
      (.failedPrecondition, "TICKET_RESERVED", 400), (.resourceExhausted, "RATE_LIMITED", 429),
      (.unavailable, "PASSWORD_QUEUE_FULL", 503), (.aborted, "CONCURRENT_UPDATE", 409),
    ] as [(StatusCode, String, Int)])
  func `may have another by its reason, which is the code`(code: StatusCode, reason: String, expected: Int) {
    let error = APIError(RPCError(code, "why", reason: reason))
    #expect(error?.status.code == expected)
    #expect(error?.items == [APIError.Item(message: "why", field: nil, code: reason)])
  }

  @Test func `names every field`() {
    let violations = [
      RPCError.Violation(field: "email", message: "no email"), .init(field: "password", message: "too short"),
    ]
    let error = APIError(RPCError(.invalidArgument, "Invalid", reason: "INVALID_FIELDS", violations: violations))
    #expect(
      error.map { String(buffer: APIError.body($0.items, .usd)) }
        == #"{"errors":[{"message":"no email","field":"email","code":"INVALID_FIELDS"},"#
        + #"{"message":"too short","field":"password","code":"INVALID_FIELDS"}]}"#)
  }

  @Test(
    arguments: [
      (.unavailable, nil, "1"), (.unavailable, .seconds(30), "30"), (.unavailable, .milliseconds(1500), "2"),
      (.resourceExhausted, .zero, "1"), (.resourceExhausted, .seconds(59), "59"), (.unavailable, .seconds(-5), "1"),
    ] as [(StatusCode, Duration?, String)])
  func `that passes says when to try again`(code: StatusCode, retryAfter: Duration?, expected: String) {
    let error = APIError(RPCError(code, "", reason: "RATE_LIMITED", retryAfter: retryAfter))
    #expect(error?.headers.first { $0.name == .retryAfter }?.value == expected)
  }

  @Test(
    arguments: [StatusCode.unavailable, .deadlineExceeded, .resourceExhausted],
    [nil, "NOT_CONNECTED", "TOO_MANY_CALLS"])
  func `of the transport tells nothing of what is behind the API`(code: StatusCode, reason: String?) {
    guard code == .unavailable || reason == nil else { return }
    let error = APIError(RPCError(code, "connect to 10.0.0.7:4001: connection refused", reason: reason))
    #expect(error?.items.contains { $0.message.contains("10.0.0.7") } == false)
  }
}
