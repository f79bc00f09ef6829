extension Reference {
  /// Results of batch normalization in training.
  public struct BatchStatistics: Sendable {
    /// Normalized, scaled and shifted: shaped as the input.
    public var output: Dense
    /// Mean of each channel.
    public var mean: Dense
    /// `1 / sqrt(population variance + epsilon)` of each channel.
    public var inverseStandardDeviation: Dense
    /// The running mean, moved.
    public var runningMean: Dense
    /// The running variance, moved toward the unbiased variance.
    public var runningVariance: Dense
  }

  /// Gradients of batch normalization.
  public struct BatchNormalizationGradients: Sendable {
    /// With respect to the input.
    public var input: Dense
    /// With respect to the gamma.
    public var gamma: Dense
    /// With respect to the beta.
    public var beta: Dense
  }

  /// `output = (input - mean) * inverseStandardDeviation * gamma + beta` by the batch's statistics,
  /// and `running = (1 - momentum) * running + momentum * batch`.
  /// - Parameter input: `[B, channel, row, column]`; the others are `[channel]`.
  public static func batchNormalization(
    input: Dense, gamma: Dense, beta: Dense, runningMean: Dense, runningVariance: Dense,
    momentum: Double, epsilon: Double
  ) -> BatchStatistics {
    var result = BatchStatistics(
      output: input, mean: gamma, inverseStandardDeviation: gamma, runningMean: runningMean,
      runningVariance: runningVariance)
    for (channel, positions) in channels(of: input.shape).enumerated() {
      let count = Double(positions.count)
      let mean = positions.reduce(0) { $0 + input.values[$1] } / count
      let squares = positions.reduce(0) { sum, position in
        let difference = input.values[position] - mean
        return sum + difference * difference
      }
      let inverse = 1 / (squares / count + epsilon).squareRoot()
      let unbiased = squares / max(count - 1, 1)
      for position in positions {
        result.output.values[position] =
          (input.values[position] - mean) * inverse * gamma.values[channel]
          + beta.values[channel]
      }
      result.mean.values[channel] = mean
      result.inverseStandardDeviation.values[channel] = inverse
      result.runningMean.values[channel] += momentum * (mean - runningMean.values[channel])
      result.runningVariance.values[channel] +=
        momentum * (unbiased - runningVariance.values[channel])
    }
    return result
  }

  /// Gradients of `batchNormalization`, through the batch's mean and variance: with
  /// `x = (input - mean) * inverseStandardDeviation` and `g = outputGradient`,
  /// `gamma * inverseStandardDeviation * (g - average(g) - x * average(g * x))`.
  public static func batchNormalizationBackward(
    input: Dense, outputGradient: Dense, gamma: Dense, mean: Dense, inverseStandardDeviation: Dense
  ) -> BatchNormalizationGradients {
    var result = BatchNormalizationGradients(
      input: outputGradient, gamma: gamma, beta: gamma)
    for (channel, positions) in channels(of: input.shape).enumerated() {
      func normalized(_ position: Int) -> Double {
        (input.values[position] - mean.values[channel]) * inverseStandardDeviation.values[channel]
      }
      let betaGradient = positions.reduce(0) { $0 + outputGradient.values[$1] }
      let gammaGradient = positions.reduce(0) {
        $0 + outputGradient.values[$1] * normalized($1)
      }
      let count = Double(positions.count)
      for position in positions {
        result.input.values[position] =
          gamma.values[channel] * inverseStandardDeviation.values[channel]
          * (outputGradient.values[position] - betaGradient / count
            - normalized(position) * gammaGradient / count)
      }
      result.gamma.values[channel] = gammaGradient
      result.beta.values[channel] = betaGradient
    }
    return result
  }

  /// `(input - runningMean) / sqrt(runningVariance + epsilon) * gamma + beta`.
  public static func batchNormalizationInference(
    input: Dense, gamma: Dense, beta: Dense, runningMean: Dense, runningVariance: Dense,
    epsilon: Double
  ) -> Dense {
    var output = input
    for (channel, positions) in channels(of: input.shape).enumerated() {
      let inverse = 1 / (runningVariance.values[channel] + epsilon).squareRoot()
      for position in positions {
        output.values[position] =
          (input.values[position] - runningMean.values[channel]) * inverse
          * gamma.values[channel] + beta.values[channel]
      }
    }
    return output
  }

  /// Positions of each channel's elements in an array `[B, channel, row, column]`.
  private static func channels(of shape: [Int]) -> [[Int]] {
    let plane = shape[2] * shape[3]
    return (0..<shape[1]).map { channel in
      (0..<shape[0]).flatMap { batch in
        let first = (batch * shape[1] + channel) * plane
        return first..<first + plane
      }
    }
  }
}
