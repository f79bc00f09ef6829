import Foundation

/// Brings messages from worker threads to the thread that waits for them, one at a time: a worker
/// goes on when its message was handled.
final class Relay<Message: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private var waiting: [Message] = []
  private var (sent, handled) = (0, 0)
  private var workers: Int
  private var failure: (any Error)?

  /// For so many workers, each of which calls `leave` in the end.
  init(workers: Int) { self.workers = workers }

  /// Hands a message over, and waits until it was handled.
  /// - Throws: what went wrong in handling this or an earlier message.
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

  /// A worker is done.
  func leave() {
    condition.lock()
    workers -= 1
    condition.broadcast()
    condition.unlock()
  }

  /// Handles messages until all workers have left.
  /// - Throws: what `handle` threw first; the workers were told.
  func handleAll(_ handle: (Message) throws -> Void) throws {
    while let message = next() {
      var trouble: (any Error)?
      do { try handle(message) } catch { trouble = error }
      condition.lock()
      handled += 1
      if failure == nil { failure = trouble }
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
