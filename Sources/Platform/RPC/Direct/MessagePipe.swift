import NIOCore
import Synchronization

/// Carries the responses of a streaming call from a handler to a reader in the same process.
///
/// Holds at most `capacity` elements: a writer waits for room, a reader for an element. For one reader; writers
/// that wait are served in the order in which they came.
final class MessagePipe<Element: Sendable>: Sendable {
  private typealias Reader = UnsafeContinuation<Result<Element?, RPCError>, Never>
  private typealias Writer = UnsafeContinuation<RPCError?, Never>

  private typealias WaitingWriter = (id: UInt64, element: Element, continuation: Writer)

  /// What becomes of an element that is written.
  private enum Offer {
    case accepted
    case handTo(Reader)
    case refused(RPCError)
    case wait
  }

  private struct State {
    var elements = CircularBuffer<Element>()
    var end: Result<Void, RPCError>?
    var reader: Reader?
    var writers = CircularBuffer<WaitingWriter>()
    var lastWriterID: UInt64 = 0
  }

  private let state = Mutex(State())
  private let capacity: Int

  init(capacity: Int) {
    self.capacity = max(1, capacity)
  }

  /// Waits while the pipe is full. Throws the error that the pipe ended with, CANCELLED after a plain end.
  func write(_ element: Element) async throws {
    let id = state.withLock { state in
      state.lastWriterID &+= 1
      return state.lastWriterID
    }
    let error = await withTaskCancellationHandler {
      await withUnsafeContinuation { (continuation: Writer) in
        offer(element, id: id, continuation)
      }
    } onCancel: {
      withdrawWriter(id)
    }
    if let error { throw error }
  }

  /// nil after the last element. Throws the error that the pipe ended with, once what came before it is read.
  func next() async throws -> Element? {
    let result = await withTaskCancellationHandler {
      await withUnsafeContinuation { (continuation: Reader) in
        take(continuation)
      }
    } onCancel: {
      let reader = state.withLock { $0.reader.take() }
      reader?.resume(returning: .failure(.cancelled))
    }
    return try result.get()
  }

  /// Ends the pipe; the first end counts. A reader gets what is in the pipe, then the end.
  func finish(_ end: Result<Void, RPCError> = .success(())) {
    let (reader, writers) = state.withLock { state in
      guard state.end == nil else { return (Reader?.none, CircularBuffer<WaitingWriter>()) }
      state.end = end
      let writers = state.writers
      state.writers.removeAll()
      return (state.reader.take(), writers)
    }
    reader?.resume(returning: end.map { nil })
    for writer in writers { writer.continuation.resume(returning: Self.writeError(after: end)) }
  }

  private func offer(_ element: Element, id: UInt64, _ continuation: Writer) {
    let next: Offer = state.withLock { state in
      if let end = state.end { return .refused(Self.writeError(after: end)) }
      if Task.isCancelled { return .refused(.cancelled) }
      if let reader = state.reader.take() { return .handTo(reader) }
      if state.elements.count < capacity {
        state.elements.append(element)
        return .accepted
      }
      state.writers.append((id: id, element: element, continuation: continuation))
      return .wait
    }
    switch next {
    case .accepted:
      continuation.resume(returning: nil)
    case .handTo(let reader):
      reader.resume(returning: .success(element))
      continuation.resume(returning: nil)
    case .refused(let error):
      continuation.resume(returning: error)
    case .wait:
      break
    }
  }

  private func take(_ continuation: Reader) {
    let (result, writer) = state.withLock { state -> (Result<Element?, RPCError>?, Writer?) in
      if let element = state.elements.popFirst() {
        let writer = state.writers.popFirst()
        if let writer { state.elements.append(writer.element) }
        return (.success(element), writer?.continuation)
      }
      if let end = state.end { return (end.map { nil }, nil) }
      if Task.isCancelled || state.reader != nil { return (.failure(.cancelled), nil) }
      state.reader = continuation
      return (nil, nil)
    }
    writer?.resume(returning: nil)
    if let result { continuation.resume(returning: result) }
  }

  private func withdrawWriter(_ id: UInt64) {
    let writer: Writer? = state.withLock { state in
      guard let index = state.writers.firstIndex(where: { $0.id == id }) else { return nil }
      return state.writers.remove(at: index).continuation
    }
    writer?.resume(returning: .cancelled)
  }

  private static func writeError(after end: Result<Void, RPCError>) -> RPCError {
    if case .failure(let error) = end { return error }
    return .cancelled
  }
}
