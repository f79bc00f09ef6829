/// The values of a network's tensors: one member's parameters and running statistics.
///
///     let architecture = try Architecture.read(from: url)
///     var network = try StateDictionary.load(from: url, for: architecture)
///     let weight = network["fc1.weight"]         // dense [unit, input]
///     network.replace(architecture.sheetWeightIndex, with: weight?.map { 2 * $0 } ?? [])
///     try network.save(to: copy)                 // PyTorch reads it with strict=True
public struct StateDictionary: Sendable, Hashable {
  /// The architecture of the network.
  public let architecture: Architecture
  /// Dense values, in the order of `architecture.parameters`.
  public private(set) var tensors: [[Float]]
  /// Training steps that batch normalization has seen: PyTorch's `num_batches_tracked`.
  public var batchesTracked: Int64

  /// The values of every tensor of `architecture`, in the order of its parameters.
  public init(architecture: Architecture, tensors: [[Float]], batchesTracked: Int64 = 0) {
    precondition(tensors.map(\.count) == architecture.parameters.map(\.count))
    self.architecture = architecture
    self.tensors = tensors
    self.batchesTracked = batchesTracked
  }

  /// The values of the tensor called `name`; nil if there is none.
  public subscript(name: String) -> [Float]? {
    architecture.parameters.firstIndex { $0.name == name }.map { tensors[$0] }
  }

  /// Replaces the values of the tensor at `index` of `architecture.parameters`.
  public mutating func replace(_ index: Int, with values: [Float]) {
    precondition(values.count == tensors[index].count)
    tensors[index] = values
  }
}
