import HTTPTypes
import Telemetry

/// Counts and times the gateway's requests, by route and not by path: however many paths clients think of, the series
/// are as many as the route table has rows, times the statuses that these answer with.
package final class RequestMetrics: MetricSource {
  private struct RouteLabels: MetricLabels {
    static let names = ["route", "method"]
    let route: String
    let method: String
    var values: [String] { [route, method] }
  }

  private struct StatusLabels: MetricLabels {
    static let names = RouteLabels.names + ["status"]
    let request: RouteLabels
    let status: Int
    var values: [String] { request.values + [String(status)] }
  }

  private let requests = Counter<StatusLabels>(
    "http_server_requests_total", help: "Requests answered, by the route's pattern; none: there is no such route.")
  private let durations = Histogram<RouteLabels>(
    "http_server_request_duration_seconds",
    help: "From a request's header to its answer; of an event stream, to its beginning.")

  package init() {}

  /// `route` is the pattern of the table; nil: none fits.
  func record(route: String?, method: HTTPRequest.Method, status: Int, duration: Duration) {
    // A method that a route takes is one of a few; without a route it can be any word.
    let isKnown = route != nil || Self.methods.contains(method)
    let labels = RouteLabels(route: route ?? "none", method: isKnown ? method.rawValue : "other")
    requests.add(1, StatusLabels(request: labels, status: status))
    durations.record(duration, labels)
  }

  package func families() -> [MetricFamily] { requests.families() + durations.families() }

  private static let methods: Set<HTTPRequest.Method> = [
    .get, .head, .post, .put, .delete, .patch, .options, .connect, .trace,
  ]
}
