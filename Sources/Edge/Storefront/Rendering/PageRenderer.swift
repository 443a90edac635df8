import Gateway
import HTTPTypes
import Hummingbird
import Money
import NIOCore

/// Makes the pages' answers. They are not compressed: beside what a stranger can put into one, its length would tell
/// the form token, letter by letter (breachattack.com).
struct PageRenderer: Sendable {
  let templates: Templates
  let files: StaticFiles
  let policy: ContentSecurityPolicy
  let csrf: CSRFCookie
  let currency: Currency

  func page(
    _ template: Template, _ status: HTTPResponse.Status = .ok, title: String, _ fields: Fields, _ visit: Visit,
    problems: FormProblems? = nil, extra: [HTTPField] = [], policy: ContentSecurityPolicy? = nil
  ) -> Response {
    var all: Fields = [
      "title": title, "csrf": visit.csrf.token, "files": files.folder, "bootstrap": files.bootstrap.address,
    ]
    if let integrity = files.bootstrap.integrity { all["integrity"] = integrity }
    if let user = visit.user { all["user"] = ["email": user.email] }
    all.merge(fields) { $1 }
    all.merge(problems?.fields ?? [:]) { $1 }
    let body = ByteBuffer(string: templates.render(template, all))
    var headers = Self.headers
    headers[.contentSecurityPolicy] = (policy ?? self.policy).text
    headers[.contentLength] = String(body.readableBytes)
    if visit.csrf.isNew { headers.append(csrf.field(visit.csrf)) }
    headers.append(contentsOf: extra + (problems?.headers ?? []))
    return Response(status: problems?.status ?? status, headers: headers, body: ResponseBody(byteBuffer: body))
  }

  /// A part of a page that holds nothing of the one who asks.
  func part(_ template: Template, _ fields: Fields, _ request: Request) throws -> Response {
    let html = templates.render(template, fields)
    let tag = EntityTag(try StaticFiles.hash(of: html.utf8))
    var headers = Self.headers
    headers[.cacheControl] = "no-cache"
    headers[.eTag] = tag.field.value
    if tag.isKnown(request.headers) { return Response(status: .notModified, headers: headers) }
    let body = ByteBuffer(string: html)
    headers[.contentLength] = String(body.readableBytes)
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
  }

  /// `no-store`: pages hold the session's name and a form token, and a ticket may be gone a moment later.
  private static let headers: HTTPFields = [
    .contentType: "text/html; charset=utf-8",
    .cacheControl: "no-store",
    .xContentTypeOptions: "nosniff",
    .referrerPolicy: "same-origin",
  ]
}

extension Response {
  /// After a form's post, so that a reload sends nothing again (Post/Redirect/Get).
  static func seeOther(_ path: String, _ fields: [HTTPField] = []) -> Response {
    var headers: HTTPFields = [.location: path, .cacheControl: "no-store"]
    headers.append(contentsOf: fields)
    return Response(status: .seeOther, headers: headers)
  }
}

extension HTTPField.Name {
  static var referrerPolicy: HTTPField.Name {
    HTTPField.Name("Referrer-Policy") ?? .xContentTypeOptions
  }
}
