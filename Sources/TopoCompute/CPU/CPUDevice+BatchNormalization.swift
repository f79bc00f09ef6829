extension CPUDevice {
  /// `Device.batchNormalization`; two passes over each image, combined in double precision.
  public func batchNormalization(
    input: Tensor, gamma: Tensor, beta: Tensor, runningMean: Tensor, runningVariance: Tensor,
    momentum: Float, epsilon: Float, mean: Tensor, inverseStandardDeviation: Tensor, output: Tensor
  ) throws -> any Operation {
    precondition(input.layout == output.layout && input.shape == output.shape)
    let runs = ChannelRuns(input)
    let (x, y) = (CPUView<Float>(input), CPUView<Float>(output))
    let normalization = ChannelNormalization(
      runs, momentum: momentum, epsilon: epsilon, gamma: gamma, runningMean: runningMean,
      runningVariance: runningVariance, mean: mean,
      inverseStandardDeviation: inverseStandardDeviation)
    let beta = CPUView<Float>(beta)

    return CPUOperation("batch-normalization", members: input.members) { member, team in
      let (x, y) = (x[member, team], y[member, team])
      team.forEach(runs.groups) { group in
        let (average, factor) = normalization.measure(group, x, member, team)
        let offset = runs.spread(beta[member, team], group)
        runs.map(
          group, into: y, { (x.vector(at: $0) - average) * factor + offset },
          { (x[$0] - average[0]) * factor[0] + offset[0] })
      }
    }
  }

  /// `Device.batchNormalizationBackward`; sums in single precision within an image.
  public func batchNormalizationBackward(
    input: Tensor, outputGradient: Tensor, gamma: Tensor, mean: Tensor,
    inverseStandardDeviation: Tensor,
    inputGradient: Tensor, gammaGradient: Tensor, betaGradient: Tensor
  ) throws -> any Operation {
    precondition(input.layout == outputGradient.layout && input.layout == inputGradient.layout)
    let runs = ChannelRuns(input)
    let (x, dy, dx) = (
      CPUView<Float>(input), CPUView<Float>(outputGradient), CPUView<Float>(inputGradient)
    )
    let (gamma, means, inverses) = (
      CPUView<Float>(gamma), CPUView<Float>(mean), CPUView<Float>(inverseStandardDeviation)
    )
    let (dGamma, dBeta) = (CPUView<Float>(gammaGradient), CPUView<Float>(betaGradient))
    let count = Float(runs.batch * runs.positions)

    return CPUOperation("batch-normalization-backward", members: input.members) { member, team in
      let (x, dy, dx) = (x[member, team], dy[member, team], dx[member, team])
      team.forEach(runs.groups) { group in
        let average = runs.spread(means[member, team], group)
        let inverse = runs.spread(inverses[member, team], group)
        let sums = runs.sums(
          group,
          { index in
            let gradient = dy.vector(at: index)
            return (gradient, gradient * (x.vector(at: index) - average))
          },
          { index in (dy[index], dy[index] * (x[index] - average[0])) })
        let (sum, product) = (Vector(sums.0), Vector(sums.1) * inverse)
        runs.store(product, dGamma[member, team], group)
        runs.store(sum, dBeta[member, team], group)
        // dx = gamma / standardDeviation * (dy - mean(dy) - normalized * mean(dy * normalized))
        let factor = runs.spread(gamma[member, team], group) * inverse
        let (mean, slope) = (sum / count, product * inverse / count)
        runs.map(
          group, into: dx,
          { (dy.vector(at: $0) - mean - (x.vector(at: $0) - average) * slope) * factor },
          { (dy[$0] - mean[0] - (x[$0] - average[0]) * slope[0]) * factor[0] })
      }
    }
  }

  /// `Device.batchNormalizationInference`.
  public func batchNormalizationInference(
    input: Tensor, gamma: Tensor, beta: Tensor, runningMean: Tensor, runningVariance: Tensor,
    epsilon: Float, output: Tensor
  ) throws -> any Operation {
    precondition(input.layout == output.layout && input.shape == output.shape)
    let runs = ChannelRuns(input)
    let (x, y) = (CPUView<Float>(input), CPUView<Float>(output))
    let (gamma, beta) = (CPUView<Float>(gamma), CPUView<Float>(beta))
    let (means, variances) = (CPUView<Float>(runningMean), CPUView<Float>(runningVariance))

    return CPUOperation("batch-normalization-inference", members: output.members) { member, team in
      let (x, y) = (x[member, team], y[member, team])
      team.forEach(runs.groups) { group in
        let average = runs.spread(means[member, team], group)
        let variance = runs.spread(variances[member, team], group)
        let factor = runs.spread(gamma[member, team], group) / (variance + epsilon).squareRoot()
        let offset = runs.spread(beta[member, team], group)
        runs.map(
          group, into: y, { (x.vector(at: $0) - average) * factor + offset },
          { (x[$0] - average[0]) * factor[0] + offset[0] })
      }
    }
  }
}

/// The first half of batch normalization in training: the statistics that normalize channels.
struct ChannelNormalization: Sendable {
  private let runs: ChannelRuns
  private let momentum: Float
  private let epsilon: Float
  private let gamma: CPUView<Float>
  private let runningMean: CPUView<Float>
  private let runningVariance: CPUView<Float>
  private let mean: CPUView<Float>
  private let inverseStandardDeviation: CPUView<Float>

  init(
    _ runs: ChannelRuns, momentum: Float, epsilon: Float, gamma: Tensor, runningMean: Tensor,
    runningVariance: Tensor, mean: Tensor, inverseStandardDeviation: Tensor
  ) {
    (self.runs, self.momentum, self.epsilon) = (runs, momentum, epsilon)
    self.gamma = CPUView(gamma)
    (self.runningMean, self.runningVariance) = (CPUView(runningMean), CPUView(runningVariance))
    (self.mean, self.inverseStandardDeviation) = (CPUView(mean), CPUView(inverseStandardDeviation))
  }

  /// Measures a group's channels, keeps what the backward pass needs, moves the running
  /// statistics, and returns `mean` and `gamma / standard deviation`.
  func measure(
    _ group: Int, _ values: UnsafeMutablePointer<Float>, _ member: Int, _ team: Team
  ) -> (mean: Vector, factor: Vector) {
    let count = Double(runs.batch * runs.positions)
    let moments = runs.moments(group, values)
    let (average, squares) = (Vector(moments.mean), moments.squares)
    let variance = squares / SIMD8(repeating: count)
    let inverse = Vector(
      SIMD8(repeating: 1.0) / (variance + SIMD8(repeating: Double(epsilon))).squareRoot())
    runs.store(average, mean[member, team], group)
    runs.store(inverse, inverseStandardDeviation[member, team], group)

    let unbiased = count > 1 ? squares / SIMD8(repeating: count - 1) : variance
    let (old, oldVariance) = (runningMean[member, team], runningVariance[member, team])
    runs.store(runs.spread(old, group) * (1 - momentum) + average * momentum, old, group)
    runs.store(
      runs.spread(oldVariance, group) * (1 - momentum) + Vector(unbiased) * momentum,
      oldVariance, group)
    return (average, inverse * runs.spread(gamma[member, team], group))
  }
}
