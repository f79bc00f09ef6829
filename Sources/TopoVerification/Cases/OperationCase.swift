import TopoCompute

/// One operation with shapes, values, a tolerance and costs: all that checks and benchmarks need
/// to know. The reference is the same preparation on a `ReferenceDevice`.
public struct OperationCase: Sendable, CustomStringConvertible {
  /// How much work a case is.
  public enum Size: String, Sendable, Hashable, CaseIterable, Codable {
    /// A few hundred values: fit for a kernel interpreter such as Oclgrind.
    case small
    /// Everything else, up to the layers of the paper's networks.
    case full
  }

  /// What it exercises.
  public let operation: OperationFamily
  /// Shapes and circumstances: `3x3 s1 p1, 31 -> 33, 7 x 5, batch 3, 5 members`.
  public let name: String
  /// How much work it is.
  public let size: Size
  /// Number of members.
  public let members: Int
  /// How far results may be from the reference, unless an argument says otherwise.
  public let tolerance: Tolerance
  /// Floating-point operations of one run, all members together, 0 where they do not matter.
  public let flops: Int
  /// Bytes read and written by one run, all members together, if each were moved once.
  public let bytes: Int

  let arguments: [Argument]
  let prepare: @Sendable (any Device, Tensors) throws -> [any Operation]

  /// The operation and the case's name.
  public var description: String { "\(operation.rawValue) \(name)" }

  init(
    _ operation: OperationFamily, _ name: String, size: Size = .full, members: Int,
    tolerance: Tolerance = .pointwise, flopsPerMember: Int = 0, arguments: [Argument],
    prepare: @escaping @Sendable (any Device, Tensors) throws -> [any Operation]
  ) {
    self.operation = operation
    self.name = "\(name), \(members) member\(members == 1 ? "" : "s")"
    self.size = size
    self.members = members
    self.tolerance = tolerance
    self.flops = flopsPerMember * members
    self.arguments = arguments
    self.prepare = prepare
    bytes = arguments.reduce(0) { sum, argument in
      let passes = argument.role == .updated || argument.role == .step ? 2 : 1
      let size = argument.elementType.size * argument.count * (argument.shared ? 1 : members)
      return sum + passes * size
    }
  }

  /// How far a result may be from the reference on a device of a precision.
  func tolerance(of argument: Argument, in precision: Precision) -> Tolerance {
    let own = argument.tolerance ?? tolerance
    guard operation.convolutions > 0 else { return own }
    return own.rounding(to: precision, stages: operation.convolutions)
  }

  /// The tensors of a case by their arguments' names.
  struct Tensors {
    fileprivate let tensors: [String: Tensor]

    init(_ tensors: [String: Tensor]) { self.tensors = tensors }

    subscript(_ name: String) -> Tensor {
      guard let tensor = tensors[name] else { preconditionFailure("no argument \(name)") }
      return tensor
    }
  }
}
