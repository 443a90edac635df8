import Synchronization

/// What a server knows of one call.
///
/// Cheap to copy: all but the caller is shared by every copy, because interceptors pass the context along.
package struct CallContext: Sendable {
  private let call: Call
  /// Set by the interceptor that verified the credentials.
  package var caller: Caller?
  /// Set by the same where credentials came that it does not accept.
  package var credentialFault: CredentialFault?

  /// Everything has a default that suits a test; the servers set all of it.
  package init(
    path: String,
    metadata: Metadata = [:],
    deadline: ContinuousClock.Instant? = nil,
    requestID: String? = nil,
    peer: String = "in-process",
    peerName: String? = nil,
    caller: Caller? = nil,
    received: ContinuousClock.Instant = .now
  ) {
    let requestID = requestID ?? RequestID.accept(metadata[RequestID.metadataName]) ?? RequestID.generate()
    self.call = Call(
      path: path, metadata: metadata, deadline: deadline, requestID: requestID, peer: peer, peerName: peerName,
      received: received)
    self.caller = caller
  }

  /// `/service/method`.
  package var path: String { call.path }
  package var metadata: Metadata { call.metadata }
  /// From the caller's `grpc-timeout`, or the server's default. The handler's task is cancelled then.
  package var deadline: ContinuousClock.Instant? { call.deadline }
  /// The caller's `x-request-id` where it is sane, else one made here.
  package var requestID: String { call.requestID }
  /// The caller's W3C `traceparent` where it is well-formed.
  package var traceparent: String? { TraceParent.accept(call.metadata["traceparent"]) }
  /// The peer's address, or "in-process".
  package var peer: String { call.peer }
  /// The name in the peer's verified TLS certificate.
  package var peerName: String? { call.peerName }
  /// When the call arrived; what durations are counted from.
  package var received: ContinuousClock.Instant { call.received }

  /// Adds a trailer to the answer. Names or values that HTTP/2 does not carry are left out; over the direct
  /// binding nobody can read it.
  package func addTrailer(_ name: String, _ value: String) {
    call.trailers.withLock { trailers in
      var added = trailers ?? Metadata()
      added.add(name, value)
      trailers = added
    }
  }

  /// What ``addTrailer(_:_:)`` collected, or nil where it was not called.
  var trailers: Metadata? {
    call.trailers.withLock { $0 }
  }
}

extension CallContext {
  private final class Call: Sendable {
    let path: String
    let metadata: Metadata
    let deadline: ContinuousClock.Instant?
    let requestID: String
    let peer: String
    let peerName: String?
    let received: ContinuousClock.Instant
    let trailers = Mutex<Metadata?>(nil)

    init(
      path: String,
      metadata: Metadata,
      deadline: ContinuousClock.Instant?,
      requestID: String,
      peer: String,
      peerName: String?,
      received: ContinuousClock.Instant
    ) {
      self.path = path
      self.metadata = metadata
      self.deadline = deadline
      self.requestID = requestID
      self.peer = peer
      self.peerName = peerName
      self.received = received
    }
  }
}
