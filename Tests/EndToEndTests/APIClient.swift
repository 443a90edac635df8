import AsyncHTTPClient
import Foundation
import NIOCore
import ProcessTestSupport

/// A client of the public API with a cookie of its own, as a browser or curl with a cookie jar would be.
struct APIClient {
  struct Answer {
    let status: Int
    let body: Data

    var object: [String: Any] { (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:] }
    var array: [[String: Any]] { (try? JSONSerialization.jsonObject(with: body)) as? [[String: Any]] ?? [] }
    subscript(field: String) -> String? { object[field].map { "\($0)" } }
  }

  /// As many connections as there are requests: the races are in the platform, not here. Lives as long as the tests.
  private static let http: HTTPClient = {
    var configuration = HTTPClient.Configuration()
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 512
    return HTTPClient(configuration: configuration)
  }()

  let port: Int
  /// Sent with every request.
  let headers: [String: String]
  private(set) var cookie: String?

  init(port: Int, headers: [String: String] = [:]) {
    self.port = port
    self.headers = headers
  }

  mutating func send(
    _ method: String, _ path: String, _ body: [String: Any]? = nil, timeout: TimeAmount = .seconds(20)
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
    request.method = .RAW(value: method)
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    if let cookie { request.headers.add(name: "Cookie", value: cookie) }
    if let body {
      request.headers.add(name: "Content-Type", value: "application/json")
      request.body = .bytes(try JSONSerialization.data(withJSONObject: body))
    }
    let response = try await Self.http.execute(request, timeout: timeout)
    if let set = response.headers.first(name: "Set-Cookie") {
      cookie = set.split(separator: ";").first.map(String.init)
    }
    let bytes = try await response.body.collect(upTo: 1 << 20)
    return Answer(status: Int(response.status.code), body: Data(bytes.readableBytesView))
  }

  /// The same user at another gateway.
  func at(port: Int) -> APIClient {
    var client = APIClient(port: port, headers: headers)
    client.cookie = cookie
    return client
  }

  /// The body of a page that is no JSON.
  func text(_ path: String) async throws -> String {
    var client = self
    return String(decoding: try await client.send("GET", path).body, as: UTF8.self)
  }

  /// Asks until the platform says that it is ready; its processes start in any order.
  func waitUntilReady(_ process: RunningProcess) async throws {
    var client = self
    for _ in 0..<300 where !process.hasEnded {
      if let answer = try? await client.send("GET", "/readyz", timeout: .seconds(2)), answer.status == 200 { return }
      try await Task.sleep(for: .milliseconds(50))
    }
    throw Failure(description: "the platform did not become ready:\n\(process.output)")
  }
}
