import HTTPTypes
import Hummingbird
import Logging
import Money
import RPC

/// What every request passes on its way in and every answer on its way out: the one middleware, because each costs.
struct Edge: RouterMiddleware {
  typealias Context = GatewayContext

  let origins: OriginPolicy
  let routes: RouteTable
  let pages: (any Pages)?
  let callTimeout: Duration
  let log: RequestLog
  let metrics: RequestMetrics
  let currency: Currency

  func handle(
    _ request: Request, context: GatewayContext, next: (Request, GatewayContext) async throws -> Response
  ) async throws -> Response {
    let start = ContinuousClock.now
    var context = context
    context.requestID = RequestID.accept(request.headers[.xRequestID]) ?? RequestID.generate()
    context.traceparent = TraceParent.accept(request.headers[.traceParent]) ?? TraceParent.generate()
    context.callTimeout = callTimeout

    var response: Response
    do {
      try origins.check(request)
      response = try await next(request, context)
    } catch {
      context.user.concluded(with: error)
      let answer = answer(to: error, request, context)
      if let pages, routes.isAnsweredWithPage(request) {
        response = await pages.answer(to: answer, request, context)
      } else {
        response = answer.response(in: currency)
      }
    }
    response.headers.append(HTTPField(name: .xRequestID, value: context.requestID))
    if request.method == .head { response = response.createHeadResponse() }
    let duration = ContinuousClock.now - start
    metrics.record(
      route: context.route, method: request.method, status: response.status.code, duration: duration)
    log.record(request, context, response.status, duration)
    return response
  }

  private func answer(to error: any Error, _ request: Request, _ context: GatewayContext) -> APIError {
    switch error {
    case let error as APIError:
      return error
    case let error as RPCError:
      let answer = APIError(error)
      if answer.map({ $0.status.kind == .serverError }) ?? true {
        log.fault(error, request, context, isOurs: answer == nil)
      }
      return answer ?? .fault(requestID: context.requestID)
    case let error as HTTPError where error.status == .notFound:
      // From the router: no such path, or none with this method.
      let allowed = routes.methods(at: request.uri.path)
      return allowed.isEmpty ? .unknownRoute : .methodNotAllowed(allowed)
    default:
      log.fault(error, request, context, isOurs: true)
      return .fault(requestID: context.requestID)
    }
  }
}
