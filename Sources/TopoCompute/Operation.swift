/// A prepared operation: its algorithm chosen, its kernel compiled, its arguments bound.
///
/// Made by the preparing functions of a `Device`, and only good for that device's `run`. Running
/// it allocates nothing, compiles nothing and waits for nothing.
public protocol Operation: AnyObject, Sendable {
  /// The operation and the algorithm that was chosen, for logs: `convolution/implicit-gemm`.
  var name: String { get }
}
