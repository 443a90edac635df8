import HTTPTypes
import Hummingbird
import Money
import NIOCore

extension Response {
  /// A JSON answer with the fields that every answer of the API has. `extra` is added as it is.
  static func json(_ status: HTTPResponse.Status, _ body: ByteBuffer, extra: [HTTPField] = []) -> Response {
    var fields = apiFields
    // The length is given here because `Response` would look for it otherwise.
    fields.append(HTTPField(name: .contentLength, value: String(body.readableBytes)))
    for field in extra { fields.append(field) }
    return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: body))
  }

  static func json(_ status: HTTPResponse.Status, _ body: StaticString, extra: [HTTPField] = []) -> Response {
    json(status, ByteBuffer(staticString: body), extra: extra)
  }

  /// `nosniff`: a browser never takes an answer for a page. `no-store`: answers differ by session.
  private static let apiFields: HTTPFields = [
    .contentType: "application/json; charset=utf-8",
    .xContentTypeOptions: "nosniff",
    .cacheControl: "no-store",
  ]
}

extension APIError {
  /// `currency` is what prices in it are in.
  func response(in currency: Currency) -> Response { .json(status, Self.body(items, currency), extra: headers) }

  static func body(_ items: [Item], _ currency: Currency) -> ByteBuffer {
    var json = JSONWriter()
    json.literal(#"{"errors":["#)
    for (index, item) in items.enumerated() {
      if index > 0 { json.literal(",") }
      json.literal(#"{"message":"#)
      json.string(item.message)
      if let field = item.field {
        json.literal(#","field":"#)
        json.string(field)
      }
      if let code = item.code {
        json.literal(#","code":"#)
        json.string(code)
      }
      if let priceCents = item.priceCents {
        json.literal(#","price":"#)
        json.price(priceCents, in: currency)
      }
      if let version = item.version {
        json.literal(#","version":"#)
        json.integer(version)
      }
      json.literal("}")
    }
    json.literal("]}")
    return json.buffer
  }
}
