import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
  /// A JSON answer with the fields that every answer in JSON has. `extra` is added as it is.
  package static func json(_ status: HTTPResponse.Status, _ body: ByteBuffer, extra: [HTTPField] = []) -> Response {
    var fields = jsonFields
    // The length is given here because `Response` would look for it otherwise.
    fields.append(HTTPField(name: .contentLength, value: String(body.readableBytes)))
    fields.append(contentsOf: extra)
    return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: body))
  }

  package static func json(_ status: HTTPResponse.Status, _ body: StaticString, extra: [HTTPField] = []) -> Response {
    json(status, ByteBuffer(staticString: body), extra: extra)
  }

  /// `nosniff`: a browser never takes an answer for a page. `no-store`: answers differ by session.
  private static let jsonFields: HTTPFields = [
    .contentType: "application/json; charset=utf-8",
    .xContentTypeOptions: "nosniff",
    .cacheControl: "no-store",
  ]
}
