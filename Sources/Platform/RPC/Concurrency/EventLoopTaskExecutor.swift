import NIOCore
import NIOPosix
import Synchronization

/// Runs tasks on one event loop, so that a handler and the connection it answers on never change threads.
///
/// Jobs are collected and run in batches: one closure and at most one wake-up of the loop for all jobs that
/// became ready meanwhile, where `EventLoop.execute` would cost both for each of them.
package final class EventLoopTaskExecutor: TaskExecutor {
  private struct Queue {
    var ready: [UnownedJob] = []
    /// What the last batch was held in; its storage is used again.
    var spare: [UnownedJob] = []
    var isScheduled = false
  }

  private let queue = Mutex(Queue())
  private let eventLoop: any EventLoop

  private init(_ eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
  }

  private static let ofThread = ThreadSpecificVariable<EventLoopTaskExecutor>()

  /// The executor of the event loop that this code runs on; nil elsewhere.
  package static var current: EventLoopTaskExecutor? {
    if let executor = ofThread.currentValue { return executor }
    guard let loop = MultiThreadedEventLoopGroup.currentEventLoop else { return nil }
    let executor = EventLoopTaskExecutor(loop)
    ofThread.currentValue = executor
    return executor
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let mustSchedule = queue.withLock { queue in
      queue.ready.append(job)
      defer { queue.isScheduled = true }
      return !queue.isScheduled
    }
    if mustSchedule { eventLoop.execute { self.runReadyJobs() } }
  }

  /// Runs one batch. What becomes ready meanwhile waits for the loop's next turn, after its I/O.
  private func runReadyJobs() {
    var batch = queue.withLock { queue in
      let batch = queue.ready
      queue.ready = queue.spare
      queue.spare = []
      return batch
    }
    for job in batch { job.runSynchronously(on: asUnownedTaskExecutor()) }
    batch.removeAll(keepingCapacity: true)
    let mustSchedule = queue.withLock { queue in
      queue.spare = batch
      queue.isScheduled = !queue.ready.isEmpty
      return queue.isScheduled
    }
    if mustSchedule { eventLoop.execute { self.runReadyJobs() } }
  }
}
