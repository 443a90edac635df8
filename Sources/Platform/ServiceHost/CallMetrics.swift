import RPC
import Telemetry

/// Counts and times calls under the names that gRPC's own middleware for Prometheus gave them. Only registered methods
/// have series of their own, so clients cannot make any.
package final class CallMetrics: MetricSource {
  private struct MethodLabels: MetricLabels {
    static let names = ["grpc_service", "grpc_method"]
    /// `/service/method`; empty: no method of ours.
    let path: String

    var values: [String] {
      let parts = path.split(separator: "/").map { String($0) }
      return parts.count == 2 ? parts : ["unknown", "unknown"]
    }
  }

  private struct CodeLabels: MetricLabels {
    static let names = MethodLabels.names + ["grpc_code"]
    let method: MethodLabels
    let code: StatusCode
    var values: [String] { method.values + [code.name] }
  }

  private let handled = Counter<CodeLabels>("grpc_server_handled_total", help: "Calls that ended, by their code.")
  private let handling = Histogram<MethodLabels>(
    "grpc_server_handling_seconds", help: "From a call's arrival to its end; of a stream, all of its life.")

  package init() {}

  /// `path` is a registered one.
  func record(_ path: String, _ code: StatusCode, _ duration: Duration) {
    let method = MethodLabels(path: path)
    handled.add(1, CodeLabels(method: method, code: code))
    handling.record(duration, method)
  }

  /// Somebody has called what there is not.
  func recordUnknownMethod() {
    handled.add(1, CodeLabels(method: MethodLabels(path: ""), code: .unimplemented))
  }

  package func families() -> [MetricFamily] { handled.families() + handling.families() }
}
