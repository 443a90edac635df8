import Logging
import RPC

/// Calls to another service, on whose side it is an error of ours, and logged as one, where it takes us for nobody: keys
/// or clocks differ, and until somebody looks after them none of these calls succeeds.
package struct WatchedChannel: RPCChannel {
  private let channel: any RPCChannel
  private let service: String
  private let logger: Logger

  package init(_ channel: any RPCChannel, to service: String, logger: Logger) {
    self.channel = channel
    self.service = service
    self.logger = logger
  }

  package func unary<Request, Response>(
    _ method: MethodDescriptor<Request, Response>, _ request: Request, options: CallOptions
  ) async throws -> Response {
    try await watching(method.path) { try await channel.unary(method, request, options: options) }
  }

  package func serverStreaming<Request, Response, Result: Sendable>(
    _ method: MethodDescriptor<Request, Response>, _ request: Request, options: CallOptions,
    body: (ResponseStream<Response>) async throws -> Result
  ) async throws -> Result {
    try await watching(method.path) {
      try await channel.serverStreaming(method, request, options: options, body: body)
    }
  }

  private func watching<Result>(_ path: String, _ call: () async throws -> Result) async throws -> Result {
    do {
      return try await call()
    } catch let error as RPCError where error.code == .unauthenticated {
      logger.error(
        "\(service) does not know who we are: JWT_KEY or the clocks differ",
        metadata: ["rpc": .string(path), "reason": .string(error.reason ?? ""), "error": .string(error.message)])
      throw error
    }
  }
}
