/// What became of one case on one device.
public struct CaseResult: Sendable {
  /// The case.
  public let operation: OperationFamily
  /// Its name within the operation.
  public let name: String
  /// Names of the operations that ran, with their algorithms: `convolution/direct`.
  public internal(set) var algorithms: [String] = []
  /// Largest error over all outputs and members, relative to the largest expected value.
  public internal(set) var error = 0.0
  /// Largest normalized mean square error over all outputs and members.
  public internal(set) var nmse = 0.0
  /// The tolerance for the output whose error comes nearest to it, or exceeds it most.
  public internal(set) var tolerance: Tolerance
  /// What is wrong, in a sentence; nil if the case passed.
  public internal(set) var failure: String?
  /// Whether the failure is an error that the device threw.
  public internal(set) var isRefused = false
  /// Time it took with everything around it.
  public internal(set) var seconds = 0.0

  /// Whether nothing is wrong.
  public var passed: Bool { failure == nil }
}
