import TopoFoundation

extension Reference {
  /// `max(input, 0)`, keeping NaN.
  public static func relu(_ input: Dense) -> Dense {
    Dense(input.shape, input.values.map { $0 <= 0 ? 0 : $0 })
  }

  /// `outputGradient` if `output > 0`, otherwise 0.
  public static func reluBackward(output: Dense, outputGradient: Dense) -> Dense {
    Dense(
      output.shape, zip(output.values, outputGradient.values).map { $0 > 0 ? $1 : 0 })
  }

  /// Drops what `Philox.dropoutKeeps` does not keep and divides the other values by `1 - rate`.
  public static func dropout(
    _ input: Dense, rate: Float, seed: UInt64, stream: UInt32, step: UInt32
  ) -> Dense {
    let values = input.values.enumerated().map { index, value in
      Philox.dropoutKeeps(seed: seed, stream: stream, step: step, index: index, rate: rate)
        ? value / (1 - Double(rate)) : 0
    }
    return Dense(input.shape, values)
  }
}
