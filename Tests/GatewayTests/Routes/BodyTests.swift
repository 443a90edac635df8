import HTTPTypes
import JSONWriting
import Money
import NIOCore
import ServiceDoubles
import Testing

@testable import Gateway

@Suite struct `A body` {
  /// A price as it stands in the JSON, with the cents that it is, or nil where it is none.
  static let prices: [(String, Int64?)] = [
    ("50", 5000), ("0.5", 50), ("12.50", 1250), (#""12.50""#, 1250), (#""50""#, 5000), ("1e2", 10_000),
    ("999999.99", 99_999_999), ("999999.990", 99_999_999), ("10.000000000000000000", 1000), ("0.49", nil),
    ("0", nil), ("-0", nil), ("-1", nil), ("0.001", nil), ("1e308", nil), ("1e-308", nil), ("1e999999999999", nil),
    ("9223372036854775808", nil), ("-9223372036854775809", nil), ("1000000", nil), ("1000000.01", nil),
    ("1000001", nil),
    (#""NaN""#, nil), (#""Infinity""#, nil), (#""""#, nil), (#""12,50""#, nil), (#"" 5""#, nil), (#""0x10""#, nil),
    (#""5\u0000""#, nil), ("null", nil), ("true", nil), ("[]", nil), ("[50]", nil), ("{}", nil),
    (#"{"$gt":0}"#, nil),
  ]

  @Test(arguments: prices) func `may have any price that is one`(price: String, cents: Int64?) async throws {
    for transport in Transport.allCases {
      try await withGateway(transport) { client, platform in
        let ann = try await client.signedUp()
        let answer = try await ann.send(.post, "/api/tickets", #"{"title":"T","price":\#(price)}"#)
        if let cents {
          #expect(answer.code == 201, "\(answer.text)")
          var expected = JSONWriter()
          expected.literal("", cents, in: .usd)
          #expect(answer.text.contains(#""price":\#(String(buffer: expected.buffer)),"#))
        } else {
          #expect(answer.code == 400)
          #expect(try namedFields(answer.text) == ["price"])
          #expect(platform.tickets.count == 0)
        }
      }
    }
  }

  @Test(
    arguments: [
      ("500", 500), ("500.00", 500), (#""1e3""#, 1000), ("12.5", nil), ("0.5", nil), ("49", nil), ("1000001", nil),
    ] as [(String, Int64?)])
  func `may have a price in whole yen`(price: String, yen: Int64?) async throws {
    var configuration = GatewayConfiguration.patient
    configuration.currency = try #require(Currency(code: "jpy"))
    try await withGateway(.inProcess, configuration) { client, platform in
      let ann = try await client.signedUp()
      let answer = try await ann.send(.post, "/api/tickets", #"{"title":"T","price":\#(price)}"#)
      guard let yen else {
        #expect(answer.code == 400)
        #expect(try namedFields(answer.text) == ["price"])
        return
      }
      #expect(answer.code == 201)
      #expect(answer.text.contains(#""price":\#(yen),"#), "\(answer.text)")
      #expect(try await client.send(.get, "/api/tickets").text.contains(#""price":\#(yen),"#))
    }
  }

  @Test(arguments: [
    (#"{}"#, ["title", "price"]),
    (#"{"title":"","price":"abc"}"#, ["title", "price"]),
    (#"{"title":"","price":-10}"#, ["title", "price"]),
    (#"{"title":"   ","price":0}"#, ["title", "price"]),
    (#"{"title":5,"price":"x"}"#, ["title", "price"]),
    (#"{"title":null,"price":null}"#, ["title", "price"]),
    (#"{"title":["a"],"price":5}"#, ["title"]),
    (#"{"title":"T"}"#, ["price"]),
    (#"{"price":5}"#, ["title"]),
    (#"{"Title":"T","PRICE":5}"#, ["title", "price"]),
  ])
  func `has every field at fault named`(body: String, fields: [String]) async throws {
    for transport in Transport.allCases {
      try await withGateway(transport) { client, platform in
        let ann = try await client.signedUp()
        let id = try await ann.createdTicket()
        for (method, path) in [(.post, "/api/tickets"), (.put, "/api/tickets/\(id)")] as [(HTTPRequest.Method, String)]
        {
          let answer = try await ann.send(method, path, body)
          #expect(answer.code == 400)
          #expect(try namedFields(answer.text) == fields, "\(answer.text)")
        }
        #expect(platform.tickets.count == 1)
      }
    }
  }

  static let long = String(repeating: "x", count: 60_000)
  static let deep = String(repeating: "[", count: 30_000)

  @Test(arguments: [
    "", " ", "null", "[]", #"[{"title":"T","price":5}]"#, #""text""#, "5", "{", "}", #"{"title":"T","price":5"#,
    #"{"title":"T","price":5}}"#, #"{"title":"T","price":NaN}"#, #"{"title":"T","price":05}"#,
    #"{"title":"T","title":"U","price":5}"#, #"{"title":"T","price":5,"price":6}"#, #"{"title":"\ud800","price":5}"#,
    #"{"title":"T","price":5,}"#, "title=T&price=5", #"{"title":"T","price":\#(deep)"#, #"{"a":\#(deep)"#,
    "{\"title\":\"a\r\nb\",\"price\":5}", "<xml/>", "\u{feff}{}",
  ])
  func `that is no JSON object is refused in one sentence`(body: String) async throws {
    for transport in Transport.allCases {
      try await withGateway(transport) { client, platform in
        let ann = try await client.signedUp()
        for (method, path) in [
          (.post, "/api/users/signup"), (.post, "/api/users/signin"), (.post, "/api/tickets"),
          (.put, "/api/tickets/01JA"),
        ] as [(HTTPRequest.Method, String)] {
          let answer = try await ann.send(method, path, body)
          #expect(answer.code == 400, "\(body.prefix(80))")
          #expect(answer.text.contains(#""code":"MALFORMED_BODY""#))
        }
        #expect(platform.calls.all.count == 1)
      }
    }
  }

  @Test(arguments: [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0]] as [[UInt8]])
  func `with bytes that are no text is refused`(bytes: [UInt8]) async throws {
    for transport in Transport.allCases {
      try await withGateway(transport) { client, _ in
        let ann = try await client.signedUp()
        var body = ByteBuffer(string: #"{"price":5,"title":""#)
        body.writeBytes(bytes)
        body.writeString(#""}"#)
        #expect(try await ann.send(.post, "/api/tickets", bytes: body).code == 400)
      }
    }
  }

  @Test(arguments: Transport.allCases) func `may be long within its limit`(transport: Transport) async throws {
    try await withGateway(transport) { client, _ in
      let ann = try await client.signedUp()
      let title = try await ann.send(.post, "/api/tickets", #"{"title":"\#(Self.long)","price":5}"#)
      #expect(title.code == 400)
      #expect(try namedFields(title.text) == ["title"])
      let zeros = Self.long.map { _ in "0" }.joined()
      #expect(try await ann.send(.post, "/api/tickets", #"{"title":"T","price":5.\#(zeros)}"#).code == 201)
      #expect(try await ann.send(.post, "/api/tickets", #"{"title":"T","price":5\#(zeros)}"#).code == 400)
      let unknown = #"{"title":"T","price":5,"more":{"deep":["\#(Self.long)"]}}"#
      #expect(try await ann.send(.post, "/api/tickets", unknown).code == 201)
    }
  }

  @Test(arguments: Transport.allCases, [64 * 1024 + 1, 100_000, 2 * 1024 * 1024])
  func `above its limit is refused`(transport: Transport, size: Int) async throws {
    try await withGateway(transport) { client, platform in
      let filler = String(repeating: " ", count: size)
      let answer = try await client.send(.post, "/api/users/signup", filler)
      #expect(answer.code == 413)
      #expect(answer.text.contains(#""code":"BODY_TOO_LARGE""#))
      #expect(platform.calls.all.isEmpty)
    }
  }

  @Test(arguments: [
    "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "json",
    "application/json; charset=latin1", "application/jsonp", "application/json, text/plain", "text/json", " ", "*/*",
  ])
  func `of another type is refused`(type: String) async throws {
    for transport in Transport.allCases {
      try await withGateway(transport) { client, _ in
        let answer = try await client.send(.post, "/api/users/signup", UserBodies.ann, [.contentType: type])
        #expect(answer.code == 415, "\(type)")
        #expect(answer.text.contains(#""code":"UNSUPPORTED_MEDIA_TYPE""#))
      }
    }
  }

  @Test(arguments: [
    "application/json", "application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON",
    #"application/json; charset="utf-8""#, "application/json; profile=x", "application/json ",
  ])
  func `of the right type is read, however that is written`(type: String) async throws {
    for transport in Transport.allCases {
      try await withGateway(transport) { client, _ in
        let answer = try await client.send(.post, "/api/users/signup", UserBodies.ann, [.contentType: type])
        #expect(answer.code == 201, "\(type)")
      }
    }
  }

  @Test(arguments: Transport.allCases) func `without a type, or compressed, is refused`(transport: Transport)
    async throws
  {
    try await withGateway(transport) { client, _ in
      let untyped = try await client.client.execute(
        uri: "/api/users/signup", method: .post, body: ByteBuffer(string: UserBodies.ann))
      #expect(untyped.code == 415)
      let none = try await client.client.execute(uri: "/api/users/signup", method: .post)
      #expect(none.code == 415)
      let zipped = try await client.send(.post, "/api/users/signup", UserBodies.ann, [.contentEncoding: "gzip"])
      #expect(zipped.code == 415)
    }
  }
}
