import TopoFoundation

/// Initial values of networks.
public enum Initialization {
  /// PyTorch's default distributions: weights and biases of convolutions and linear layers uniform
  /// in `±1 / sqrt(fan in)` (Kaiming-uniform with `a = sqrt(5)`); batch normalization with gamma
  /// 1, beta 0, running mean 0 and running variance 1.
  ///
  /// Element `i` of tensor `t` of `architecture.parameters` is drawn from word `i % 4` of the
  /// Philox block `i / 4` of stream `t`, so it depends only on the seed and its position.
  public static func pytorchDefault(_ architecture: Architecture, seed: UInt64) -> StateDictionary {
    let tensors = architecture.parameters.enumerated().map { index, parameter in
      switch parameter.role {
      case .weight, .bias:
        uniform(
          parameter.count, bound: Float(1 / Double(parameter.fanIn).squareRoot()),
          source: Philox(seed: seed, purpose: .initialization, stream: UInt32(index)))
      case .gamma, .runningVariance: [Float](repeating: 1, count: parameter.count)
      case .beta, .runningMean: [Float](repeating: 0, count: parameter.count)
      }
    }
    return StateDictionary(architecture: architecture, tensors: tensors)
  }

  private static func uniform(_ count: Int, bound: Float, source: Philox) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { values, initialized in
      for block in 0..<(count + 3) / 4 {
        let words = source.words(at: UInt64(block))
        for index in 4 * block..<min(4 * block + 4, count) {
          values[index] = (2 * Philox.uniform(words[index % 4]) - 1) * bound
        }
      }
      initialized = count
    }
  }
}
