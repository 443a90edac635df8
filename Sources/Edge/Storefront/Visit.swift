import Gateway
import HTTPTypes
import Hummingbird
import Identifiers
import RPC
import TicketingProto

/// One request for a page: who asks, and what their form holds.
struct Visit: Sendable {
  let request: Request
  let context: GatewayContext
  let csrf: CSRFToken
  /// Empty unless something is posted.
  var form = FormBody()
  /// nil: not signed in.
  var user: AuthV1.User?
  /// Browsers come over TLS.
  var isSecure = false

  /// The options of a call on behalf of whoever asks. Throws `APIError.notSignedIn`, which leads to the sign-in page.
  func signedInCall() throws(APIError) -> CallOptions {
    guard user != nil else { throw .notSignedIn }
    return try context.signedInCall(request)
  }

  /// An address of this site, for others to send the browser back to. Empty where the request names no host.
  func url(_ path: String) -> String {
    guard let authority = request.head.authority else { return "" }
    return "\(isSecure ? "https" : "http")://\(authority)\(path)"
  }

  /// Where a list begins; empty: at its newest.
  var cursor: String { query("cursor") }

  /// Before and after this part of a list.
  func paging(next token: String) -> Fields {
    var fields: Fields = ["isLater": !cursor.isEmpty]
    if !token.isEmpty { fields["next"] = token.percentEncoded() }
    return fields
  }

  func query(_ name: String) -> String { request.uri.queryParameters[Substring(name)].map { String($0) } ?? "" }

  /// Where to come back to after signing in. What only takes posts belongs to the page one level above.
  var returnPath: ReturnPath {
    let path = request.uri.path
    // No secret goes from one address into another.
    guard query("payment_intent").isEmpty else { return ReturnPath(path) }
    guard request.method == .post, ["/buy", "/pay", "/cancel", "/challenge"].contains(where: path.hasSuffix) else {
      return ReturnPath(request.uri.string)
    }
    return ReturnPath(parentPath)
  }

  /// Of the page one level above.
  var parentPath: String {
    let path = request.uri.path
    return String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
  }
}

/// Turns requests into visits, and a visit without a needed session into one of the sign-in page.
struct Visits: Sendable {
  typealias Page = @Sendable (Visit) async throws -> Response

  let auth: AuthV1.AuthServiceClient
  let csrf: CSRFCookie
  /// Of a form, in bytes.
  let bodyLimit: Int

  func get(_ pattern: String, _ page: @escaping Page) -> Route {
    Route(.get, pattern) { request, context in
      try await answer(Visit(request: request, context: context, csrf: csrf.token(of: request)), page)
    }
  }

  func post(_ pattern: String, _ page: @escaping Page) -> Route {
    Route(.post, pattern) { request, context in
      var visit = Visit(request: request, context: context, csrf: csrf.token(of: request))
      visit.form = try await FormBody(request, limit: bodyLimit)
      guard visit.csrf.matches(visit.form["csrf"]) else { throw CSRFToken.mismatch }
      return try await answer(visit, page)
    }
  }

  @Sendable static func back(_ visit: Visit) async throws -> Response { .seeOther(visit.parentPath) }

  private func answer(_ visit: Visit, _ page: Page) async throws -> Response {
    var visit = visit
    visit.isSecure = csrf.isSecure
    visit.user = try await auth.session(of: visit.request, visit.context)?.user
    do {
      return try await page(visit)
    } catch let error as APIError where error == .notSignedIn {
      return signIn(visit)
    } catch let error as RPCError where error.code == .unauthenticated {
      return signIn(visit)
    }
  }

  private func signIn(_ visit: Visit) -> Response {
    .seeOther("/auth/signin?next=\(visit.returnPath.queryValue)")
  }
}
