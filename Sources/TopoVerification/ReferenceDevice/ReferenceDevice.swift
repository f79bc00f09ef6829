import TopoCompute

/// A device that computes in double precision with the `Reference` operations: what every other
/// device is compared with.
///
/// It keeps all elements as doubles, so chains of operations are not rounded between. It works
/// on the calling thread, and is to be used by one thread at a time.
package final class ReferenceDevice: Device {
  package let information = DeviceInformation(
    kind: .cpu, identifier: "reference", name: "double-precision reference", vendor: "Toposheet",
    driver: "none", computeUnits: 1, memory: .max, maximumAllocation: .max)

  /// What happens after an operation has run: tests damage results here, to see that damage is
  /// noticed.
  package var afterOperation: (@Sendable (ReferenceOperation) throws -> Void)? {
    get { hooks.after }
    set { hooks.after = newValue }
  }
  private let hooks = Hooks()

  private final class Hooks: @unchecked Sendable {
    var after: (@Sendable (ReferenceOperation) throws -> Void)?
  }

  /// A reference device.
  package init() {}

  package func makeTensor(
    members: Int, shape: [Int], elementType: ElementType, lifetime: TensorLifetime
  ) throws -> Tensor {
    let count = shape.reduce(1, *)
    return Tensor(
      members: members, shape: shape, elementType: elementType,
      storage: ReferenceStorage(count: members * count), memberStride: count)
  }

  package func makeActivation(
    members: Int, shape: [Int], elementType: ElementType, lifetime: TensorLifetime
  ) throws -> Tensor {
    try makeTensor(members: members, shape: shape, elementType: elementType, lifetime: lifetime)
  }

  /// Not counted.
  package var memoryUse: MemoryUse { MemoryUse() }

  package func measuring() throws -> any Device { ReferenceDevice() }

  package func sharingStepMemory<Result>(_ prepare: () throws -> Result) rethrows -> Result {
    try prepare()
  }

  package func write<Element: DeviceElement>(_ values: [Element], to tensor: Tensor) throws {
    let bits = HostValues(values)
    precondition(bits.elementType == tensor.elementType && bits.count == tensor.elementCount)
    let doubles = bits.doubles
    for member in 0..<tensor.members {
      let range = member * tensor.count..<(member + 1) * tensor.count
      store(Dense(tensor.shape, Array(doubles[range])), in: tensor, member: member)
    }
  }

  package func read<Element: DeviceElement>(
    _ tensor: Tensor, as type: Element.Type
  ) throws -> [Element] {
    precondition(type.elementType == tensor.elementType)
    return HostValues(doubles: values(of: tensor), elementType: tensor.elementType).elements()
  }

  package func run(_ operations: [any Operation]) throws {
    for operation in operations {
      guard let operation = operation as? ReferenceOperation else {
        preconditionFailure("an operation runs on the device that prepared it")
      }
      operation.body()
      try afterOperation?(operation)
    }
  }

  package func finish() throws {}

  /// The elements of all members, not rounded.
  package func values(of tensor: Tensor) -> [Double] {
    (0..<tensor.members).flatMap { load(tensor, member: $0).values }
  }
}

/// An operation of the reference device.
package final class ReferenceOperation: Operation {
  package let name: String
  /// The tensors that it writes or adds to.
  package let outputs: [Tensor]
  let body: @Sendable () -> Void

  init(_ name: String, outputs: [Tensor], body: @escaping @Sendable () -> Void) {
    self.name = "\(name)/reference"
    self.outputs = outputs
    self.body = body
  }

  /// An operation that treats members one after the other.
  init(_ name: String, outputs: [Tensor], eachMember body: @escaping @Sendable (Int) -> Void) {
    let members = outputs[0].members
    self.name = "\(name)/reference"
    self.outputs = outputs
    self.body = { for member in 0..<members { body(member) } }
  }
}

/// Doubles on the host.
final class ReferenceStorage: TensorStorage, @unchecked Sendable {
  var values: [Double]

  init(count: Int) { values = [Double](repeating: 0, count: count) }
}

extension Tensor {
  /// Elements of all members.
  var elementCount: Int { members * count }
}

/// The elements of one member; those of the only member of a shared tensor.
func load(_ tensor: Tensor, member: Int) -> Dense {
  let first = tensor.offset + (tensor.members == 1 ? 0 : member) * tensor.memberStride
  return Dense(
    tensor.shape, Array(referenceStorage(of: tensor).values[first..<first + tensor.count]))
}

/// The elements of one member as integers.
func loadIntegers(_ tensor: Tensor, member: Int) -> [Int] {
  load(tensor, member: member).values.map { Int($0) }
}

/// Overwrites the elements of one member.
func store(_ values: Dense, in tensor: Tensor, member: Int) {
  precondition(values.count == tensor.count, "the result does not fill its tensor")
  let first = tensor.offset + member * tensor.memberStride
  referenceStorage(of: tensor).values.replaceSubrange(
    first..<first + tensor.count, with: values.values)
}

private func referenceStorage(of tensor: Tensor) -> ReferenceStorage {
  guard let storage = tensor.storage as? ReferenceStorage else {
    preconditionFailure("the tensor belongs to another device")
  }
  return storage
}
