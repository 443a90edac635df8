import Hummingbird
import JSONWriting
import Money
import NIOCore

extension APIError {
  /// `currency` is what prices in it are in.
  func response(in currency: Currency) -> Response { .json(status, Self.body(items, currency), extra: headers) }

  static func body(_ items: [Item], _ currency: Currency) -> ByteBuffer {
    var json = JSONWriter()
    json.literal(#"{"errors":"#)
    json.array(items) { json, item in
      json.literal(#"{"message":"#, item.message)
      if let field = item.field { json.literal(#","field":"#, field) }
      if let code = item.code { json.literal(#","code":"#, code) }
      if let priceCents = item.priceCents { json.literal(#","price":"#, priceCents, in: currency) }
      if let version = item.version { json.literal(#","version":"#, version) }
      json.literal("}")
    }
    json.literal("}")
    return json.buffer
  }
}
