import Dispatch

/// Results of `body` for `0..<count`, computed on all cores; the first error is thrown.
package func concurrentMap<Value: Sendable>(
  _ count: Int, _ body: @Sendable (Int) throws -> Value
) throws -> [Value] {
  let slots = ConcurrentSlots<Result<Value, any Error>>(count)
  DispatchQueue.concurrentPerform(iterations: count) { index in
    slots.storage[index] = Result { try body(index) }
  }
  return try slots.storage.compactMap { try $0?.get() }
}

/// Changes each of some values in place, on all cores.
package func concurrentUpdate<Value: Sendable>(
  _ values: inout [Value], _ body: @Sendable (Int, inout Value) -> Void
) {
  let count = values.count
  values.withUnsafeMutableBufferPointer { buffer in
    let slots = ConcurrentBuffer(values: buffer)
    DispatchQueue.concurrentPerform(iterations: count) { body($0, &slots.values[$0]) }
  }
}

/// Places that are each written by one worker.
private final class ConcurrentSlots<Value>: @unchecked Sendable {
  let storage: UnsafeMutableBufferPointer<Value?>

  init(_ count: Int) {
    storage = .allocate(capacity: count)
    storage.initialize(repeating: nil)
  }

  deinit {
    storage.deinitialize()
    storage.deallocate()
  }
}

private struct ConcurrentBuffer<Value>: @unchecked Sendable {
  let values: UnsafeMutableBufferPointer<Value>
}
