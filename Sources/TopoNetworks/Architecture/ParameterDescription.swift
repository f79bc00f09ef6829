import TopoCompute

/// One tensor that a network keeps.
public struct ParameterDescription: Sendable, Hashable {
  /// The role of a tensor in its layer.
  public enum Role: Sendable, Hashable {
    /// Of a convolution, `[out, in, row, column]`, or a linear layer, `[out, in]`.
    case weight
    /// Of a convolution or linear layer, `[out]`.
    case bias
    /// The scale of batch normalization, `[channel]` like the next three; PyTorch calls it
    /// `weight`.
    case gamma
    /// The shift of batch normalization; PyTorch calls it `bias`.
    case beta
    /// Mean over batches. Training updates it, but not by gradients.
    case runningMean
    /// Variance over batches. Training updates it, but not by gradients.
    case runningVariance
  }

  /// Its name in PyTorch's `state_dict`: `conv1.weight`, `bn1.running_mean`.
  public let name: String
  /// Extents, slowest first.
  public let shape: [Int]
  /// Its role.
  public let role: Role
  /// Number of inputs of each output of its layer; 0 for batch normalization.
  public let fanIn: Int
  /// Index of its layer in the architecture.
  public let layer: Int

  /// Number of values.
  public var count: Int { shape.reduce(1, *) }

  /// Whether training updates it by gradients.
  public var isTrainable: Bool { role != .runningMean && role != .runningVariance }

  static func of(_ layer: Layer, at index: Int, input: [Int]) -> [ParameterDescription] {
    func pair(_ name: String, outputs: Int, inputs: [Int]) -> [ParameterDescription] {
      let fanIn = inputs.reduce(1, *)
      return [
        .init(
          name: "\(name).weight", shape: [outputs] + inputs, role: .weight, fanIn: fanIn,
          layer: index),
        .init(name: "\(name).bias", shape: [outputs], role: .bias, fanIn: fanIn, layer: index),
      ]
    }
    switch layer {
    case .convolution(let name, let outputs, let window):
      return pair(
        name, outputs: outputs, inputs: [input[0], window.kernel.rows, window.kernel.columns])
    case .sheet(let name, let sheet): return pair(name, outputs: sheet.units, inputs: input)
    case .linear(let name, let outputs): return pair(name, outputs: outputs, inputs: input)
    case .batchNormalization(let name, _, _):
      let tensors: [(String, Role)] = [
        ("weight", .gamma), ("bias", .beta), ("running_mean", .runningMean),
        ("running_var", .runningVariance),
      ]
      return tensors.map {
        .init(name: "\(name).\($0.0)", shape: [input[0]], role: $0.1, fanIn: 0, layer: index)
      }
    case .relu, .maxPooling, .globalAveragePooling, .dropout: return []
    }
  }
}
