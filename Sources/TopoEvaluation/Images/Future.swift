import Dispatch

/// A value that is made before it is needed: on a thread of its own, or when it is taken.
final class Future<Value: Sendable>: @unchecked Sendable {
  private let group = DispatchGroup()
  private var result: Result<Value, any Error>?
  private var make: (@Sendable () throws -> Value)?

  /// - Parameter onItsOwnThread: otherwise it is made by the thread that takes it.
  init(onItsOwnThread: Bool, _ make: @escaping @Sendable () throws -> Value) {
    guard onItsOwnThread else {
      self.make = make
      return
    }
    DispatchQueue.global().async(group: group) { self.result = Result { try make() } }
  }

  /// The value, once it is made; this object then no longer holds it. Call it once.
  func take() throws -> Value {
    group.wait()
    let made = result ?? make.map { make in Result { try make() } }
    (result, make) = (nil, nil)
    guard let made else { preconditionFailure("a value was taken twice") }
    return try made.get()
  }
}
