import HTTP2
import Logging
import NIOCore
import NIOHPACK

/// The calls of one connection of a client.
///
/// `@unchecked Sendable`: everything mutable is touched only on `eventLoop`.
final class ClientConnection: CallConnection, @unchecked Sendable {
  /// Stream ids end at 2^31; a connection that nears it is replaced.
  static let lastUsableStreamID = 1 << 30

  let configuration: ClientConfiguration
  let eventLoop: any EventLoop
  let logger: Logger
  let peer: String
  let requestHeaders: RequestHeaders
  /// The peer's SETTINGS came: calls may be made.
  let ready = OneShot<Void>()
  /// No further calls can be made: GOAWAY came in, or the connection is gone.
  let retired = OneShot<Void>()
  let finished = OneShot<Void>()

  var engine: HTTP2Engine?
  var upkeep = ConnectionUpkeep<ClientCall>()
  var calls: [Int: ClientCall] = [:]
  var queue = CircularBuffer<ClientCall>()
  var lifecycle: ClientLifecycle
  var headersByPath: [String: HPACKHeaders] = [:]
  var nextStreamID = 1
  /// Before SETTINGS tell, as many as RFC 9113 recommends at least.
  var maxConcurrentStreams = 100
  var isRetired = false
  var isClosed = false
  /// What broke the connection, where that is known.
  var lastError: (any Error)?

  init(
    configuration: ClientConfiguration, eventLoop: any EventLoop, logger: Logger, peer: String,
    requestHeaders: RequestHeaders
  ) {
    self.configuration = configuration
    self.eventLoop = eventLoop
    self.logger = logger
    self.peer = peer
    self.requestHeaders = requestHeaders
    self.lifecycle = ClientLifecycle(configuration: configuration, now: .now())
  }

  func opened() {
    startLifecycle(forLimit: configuration.keepaliveInterval)
  }

  func receivedSettings(maxConcurrentStreams: Int?) {
    if let maxConcurrentStreams { self.maxConcurrentStreams = maxConcurrentStreams }
    ready.complete(.success(()))
    sendQueued()
  }

  func receivedGoAway(lastStreamID: Int, reason: HTTP2ErrorCode) {
    retire()
    let refused = calls.filter { $0.key > lastStreamID }
    for (_, call) in refused {
      let error = RPCError(.unavailable, "The peer is shutting the connection down.")
      end(call, .failure(CallFailure(error: error, surelyDidNotRun: true)))
    }
    closeIfDone()
  }

  func failed(_ error: any Error) {
    lastError = error
    logger.debug("RPC connection error", metadata: ["peer": "\(peer)", "error": "\(error)"])
  }

  func closed() {
    guard !isClosed else { return }
    isClosed = true
    engine = nil
    upkeep.stop()
    retire()
    for call in calls.values {
      let error = RPCError(.unavailable, "The connection was lost.", cause: lastError)
      end(call, .failure(CallFailure(error: error)))
    }
    ready.complete(.failure(lastError ?? ChannelError.eof))
    finished.complete(.success(()))
  }

  /// No new calls; what is queued goes elsewhere, what is in flight finishes.
  func retire() {
    guard !isRetired else { return }
    isRetired = true
    retired.complete(.success(()))
    let waiting = queue
    queue.removeAll()
    for call in waiting {
      let error = RPCError(.unavailable, "The connection is closing.")
      end(call, .failure(CallFailure(error: error, surelyDidNotRun: true, wasSent: false)))
    }
  }

  /// Shutdown: closes once the calls in flight have ended, or at `deadline`.
  func drain(until deadline: NIODeadline) {
    retire()
    lifecycle.drain(until: deadline)
    closeIfDone()
  }

  func closeIfDone() {
    guard isRetired, calls.isEmpty, let engine else { return }
    engine.goAway(.noError)
    engine.flush()
    engine.close()
  }
}
