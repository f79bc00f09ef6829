/// The values of a network's tensors: one member's parameters and running statistics.
public struct StateDictionary: Sendable, Hashable {
  /// The network that they belong to.
  public let architecture: Architecture
  /// Dense values, in the order of `architecture.parameters`.
  public private(set) var tensors: [[Float]]
  /// Training steps that batch normalisation has seen: PyTorch's `num_batches_tracked`.
  public var batchesTracked: Int64

  /// The values of every tensor of `architecture`, in the order of its parameters.
  public init(architecture: Architecture, tensors: [[Float]], batchesTracked: Int64 = 0) {
    precondition(tensors.map(\.count) == architecture.parameters.map(\.count))
    self.architecture = architecture
    self.tensors = tensors
    self.batchesTracked = batchesTracked
  }

  /// The values of the tensor called `name`; nil when there is none.
  public subscript(name: String) -> [Float]? {
    architecture.parameters.firstIndex { $0.name == name }.map { tensors[$0] }
  }

  /// Replaces the values of tensor `index`.
  public mutating func replace(_ index: Int, with values: [Float]) {
    precondition(values.count == tensors[index].count)
    tensors[index] = values
  }
}
