import Dispatch

/// A value that is computed ahead of its use, either on a background thread or when it is taken.
final class Future<Value: Sendable>: @unchecked Sendable {
  private let group = DispatchGroup()
  private var result: Result<Value, any Error>?
  private var make: (@Sendable () throws -> Value)?

  /// - Parameter onItsOwnThread: whether a background thread computes the value; otherwise the
  ///   thread that calls `take` does.
  init(onItsOwnThread: Bool, _ make: @escaping @Sendable () throws -> Value) {
    guard onItsOwnThread else {
      self.make = make
      return
    }
    DispatchQueue.global().async(group: group) { self.result = Result { try make() } }
  }

  /// Waits for the value and returns it. The future no longer holds it, so this may be called only
  /// once.
  /// - Throws: what `make` throws.
  func take() throws -> Value {
    group.wait()
    let made = result ?? make.map { make in Result { try make() } }
    (result, make) = (nil, nil)
    guard let made else { preconditionFailure("a value was taken twice") }
    return try made.get()
  }
}
