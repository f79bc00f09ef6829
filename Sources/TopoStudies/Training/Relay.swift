import Foundation

/// Passes messages from worker threads to the thread that waits for them, one at a time. A worker
/// continues when its message has been handled.
final class Relay<Message: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private var waiting: [Message] = []
  private var (sent, handled) = (0, 0)
  private var workers: Int
  private var failure: (any Error)?

  /// A relay for a number of workers, each of which calls `leave` in the end.
  init(workers: Int) { self.workers = workers }

  /// Passes a message on, and waits until it has been handled.
  /// - Throws: the error from handling this or an earlier message.
  func send(_ message: Message) throws {
    condition.lock()
    defer { condition.unlock() }
    if let failure { throw failure }
    sent += 1
    let ticket = sent
    waiting.append(message)
    condition.broadcast()
    while handled < ticket { condition.wait() }
    if let failure { throw failure }
  }

  /// Called by a worker at its end.
  func leave() {
    condition.lock()
    workers -= 1
    condition.broadcast()
    condition.unlock()
  }

  /// Handles messages until all workers have left.
  /// - Throws: the first error of `handle`, which `send` throws in the workers, too.
  func handleAll(_ handle: (Message) throws -> Void) throws {
    while let message = next() {
      var thrown: (any Error)?
      do { try handle(message) } catch { thrown = error }
      condition.lock()
      handled += 1
      if failure == nil { failure = thrown }
      condition.broadcast()
      condition.unlock()
    }
    if let failure { throw failure }
  }

  private func next() -> Message? {
    condition.lock()
    defer { condition.unlock() }
    while waiting.isEmpty && workers > 0 { condition.wait() }
    return waiting.isEmpty ? nil : waiting.removeFirst()
  }
}
