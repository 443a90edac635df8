import Hummingbird

/// Pages for people, served beside the API: the gateway knows no more of them.
///
/// They pass the ``Edge`` like everything else: request id, origin check, log, and the mapping of errors.
package protocol Pages: Sendable {
  var routes: [Route] { get }

  /// The page for what went wrong on one of these routes, or for a path that there is not.
  func answer(to error: APIError, _ request: Request, _ context: GatewayContext) async -> Response
}
