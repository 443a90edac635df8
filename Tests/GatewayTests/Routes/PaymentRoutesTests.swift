import HTTPTypes
import Hummingbird
import HummingbirdTesting
import RPC
import ServiceDoubles
import Testing

@testable import Gateway

@Suite struct `/api/payments` {
  @Test(arguments: Transport.allCases) func `pays, declines, or says that it is not known yet`(
    transport: Transport
  ) async throws {
    try await withGateway(transport) { client, _ in
      let ann = try await client.signedUp()
      let paid = try await ann.send(.post, "/api/payments", #"{"token":"tok_visa","orderId":"01JAORDER"}"#)
      #expect(paid.code == 201)
      #expect(paid.text == #"{"id":"01JAPAYMENT"}"#)
      let declined = try await ann.send(
        .post, "/api/payments", #"{"token":"tok_chargeDeclined","orderId":"01JAORDER"}"#)
      #expect(declined.code == 400)
      #expect(declined.text == #"{"errors":[{"message":"Your card was declined.","code":"CARD_DECLINED"}]}"#)
      let unknown = try await ann.send(.post, "/api/payments", #"{"token":"tok_slow","orderId":"01JAORDER"}"#)
      #expect(unknown.code == 202)
      #expect(unknown.text == #"{"id":"01JAPAYMENT","status":"pending"}"#)
      let wrong = try await ann.send(.post, "/api/payments", #"{"token":1,"orderId":[]}"#)
      #expect(wrong.code == 400)
      #expect(Set(try namedFields(wrong.text)) == ["token", "orderId"])
    }
  }

  @Test(arguments: Transport.allCases) func `says what the card holder must do first`(transport: Transport) async throws
  {
    try await withGateway(transport) { client, _ in
      let ann = try await client.signedUp()
      func pay(_ more: String) async throws -> (code: Int, text: String) {
        let answer = try await ann.send(
          .post, "/api/payments", #"{"token":"tok_threeDSecure2Required","orderId":"01JAORDER"\#(more)}"#)
        return (answer.code, answer.text)
      }
      let asked = try await pay("")
      #expect(asked.code == 202)
      #expect(asked.text == #"{"id":"01JAPAYMENT","status":"requires_action","clientSecret":"pi_1_secret_1"}"#)
      for foreign in ["https://evil.example/", "/orders/1", "javascript:alert(1)", "http://[", "http://a@b/"] {
        let refused = try await pay(#","returnUrl":"\#(foreign)""#)
        #expect(refused.code == 400, "\(foreign)")
        #expect(try namedFields(refused.text) == ["returnUrl"])
      }
      let none = try await ann.send(.post, "/api/payments", #"{"token":"","orderId":"01JAORDER"}"#)
      #expect(none.code == 400)
      #expect(try namedFields(none.text) == ["token"])
    }
  }

  @Test(arguments: ["https://shop.example", "https://shop.example/orders/1?a=b", "http://tickets.test:8080/x"])
  func `an address of this site is ours, whatever comes after the host`(url: String) {
    let origins = OriginPolicy(allowed: Set(["https://shop.example"].compactMap { Origin($0) }))
    let request = Request(
      head: .init(method: .post, scheme: "http", authority: "tickets.test:8080", path: "/"),
      body: .init(buffer: .init()))
    #expect(origins.isOurs(url: url, request))
    #expect(!origins.isOurs(url: url.replacing("shop", with: "shop2").replacing("tickets", with: "x"), request))
    #expect(!origins.isOurs(url: url.replacing("://", with: "://evil.example@"), request))
  }

  @Test(arguments: Transport.allCases) func `hands the processor's post on byte for byte`(
    transport: Transport
  ) async throws {
    try await withGateway(transport) { client, platform in
      let body = "{\"id\": \"evt_1\",\n \"x\":\"\u{e9}\"}"
      let taken = try await client.send(
        .post, "/api/payments/webhook", body, [.stripeSignature: "t=1,v1=good", .contentType: "application/json"])
      #expect(taken.code == 200)
      #expect(platform.payments.webhooks.map(\.payload) == [Array(body.utf8)])
      let refused = try await client.send(.post, "/api/payments/webhook", body, [.stripeSignature: "t=1,v1=bad"])
      #expect(refused.code == 400)
      #expect(refused.text.contains(#""code":"BAD_SIGNATURE""#))
      #expect(try await client.send(.post, "/api/payments/webhook", body).code == 400)
      platform.calls.fail(with: RPCError(.unimplemented, "There is no webhook here", reason: "NO_WEBHOOK"))
      #expect(try await client.send(.post, "/api/payments/webhook", body).code == 404)
    }
  }
}
