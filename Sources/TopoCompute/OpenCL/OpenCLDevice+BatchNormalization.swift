extension OpenCLDevice {
  /// `Device.batchNormalization`; one work-group per channel.
  public func batchNormalization(
    input: Tensor, gamma: Tensor, beta: Tensor, runningMean: Tensor, runningVariance: Tensor,
    momentum: Float, epsilon: Float, mean: Tensor, inverseStandardDeviation: Tensor, output: Tensor
  ) throws -> any Operation {
    let channels = input.activation.channels
    output.expect(input.shape, members: input.members, "output")
    expectStatistics(
      [gamma, beta, runningMean, runningVariance, mean, inverseStandardDeviation], of: input)
    var constants = extents(of: input)
    constants["EPSILON"] = .float(epsilon)
    constants["MOMENTUM"] = .float(momentum)
    constants["REMAINING"] = .float(1 - momentum)
    return OpenCLOperation(
      "batch-normalization/direct", on: self,
      [
        try reduction(
          "batch_normalization", of: .batchNormalization, constants,
          [
            .tensor(input), .tensor(gamma), .tensor(beta), .tensor(runningMean),
            .tensor(runningVariance), .tensor(mean), .tensor(inverseStandardDeviation),
            .tensor(output),
          ], results: channels, members: input.members)
      ])
  }

  /// `Device.batchNormalizationBackward`; one work-group per channel.
  public func batchNormalizationBackward(
    input: Tensor, outputGradient: Tensor, gamma: Tensor, mean: Tensor,
    inverseStandardDeviation: Tensor,
    inputGradient: Tensor, gammaGradient: Tensor, betaGradient: Tensor
  ) throws -> any Operation {
    let channels = input.activation.channels
    outputGradient.expect(input.shape, members: input.members, "outputGradient")
    inputGradient.expect(input.shape, members: input.members, "inputGradient")
    expectStatistics(
      [gamma, mean, inverseStandardDeviation, gammaGradient, betaGradient], of: input)
    return OpenCLOperation(
      "batch-normalization-backward/direct", on: self,
      [
        try reduction(
          "batch_normalization_backward", of: .batchNormalization, extents(of: input),
          [
            .tensor(input), .tensor(outputGradient), .tensor(gamma), .tensor(mean),
            .tensor(inverseStandardDeviation), .tensor(inputGradient), .tensor(gammaGradient),
            .tensor(betaGradient),
          ], results: channels, members: input.members)
      ])
  }

  /// `Device.batchNormalizationPooled`; one work-group per channel.
  public func batchNormalizationPooled(
    input: Tensor, gamma: Tensor, beta: Tensor, runningMean: Tensor, runningVariance: Tensor,
    momentum: Float, epsilon: Float, mean: Tensor, inverseStandardDeviation: Tensor, output: Tensor,
    argmax: Tensor
  ) throws -> any Operation {
    let pooled = inPairs(input)
    output.expect(pooled, members: input.members, "output")
    argmax.expect(pooled, members: input.members, type: .uint8, "argmax")
    expectStatistics(
      [gamma, beta, runningMean, runningVariance, mean, inverseStandardDeviation], of: input)
    var constants = extents(of: input)
    constants["EPSILON"] = .float(epsilon)
    constants["MOMENTUM"] = .float(momentum)
    constants["REMAINING"] = .float(1 - momentum)
    constants["COLUMNS"] = .integer(input.activation.columns)
    return OpenCLOperation(
      "batch-normalization-pooled/direct", on: self,
      [
        try reduction(
          "batch_normalization_pooled", of: .batchNormalization, constants,
          [
            .tensor(input), .tensor(gamma), .tensor(beta), .tensor(runningMean),
            .tensor(runningVariance), .tensor(mean), .tensor(inverseStandardDeviation),
            .tensor(output),
            .tensor(argmax),
          ], results: input.activation.channels, members: input.members)
      ])
  }

  /// `Device.batchNormalizationPooledBackward`; one work-group per channel.
  public func batchNormalizationPooledBackward(
    input: Tensor, output: Tensor, argmax: Tensor, outputGradient: Tensor, gamma: Tensor,
    mean: Tensor, inverseStandardDeviation: Tensor, inputGradient: Tensor, gammaGradient: Tensor,
    betaGradient: Tensor
  ) throws -> any Operation {
    let pooled = inPairs(input)
    output.expect(pooled, members: input.members, "output")
    outputGradient.expect(pooled, members: input.members, "outputGradient")
    argmax.expect(pooled, members: input.members, type: .uint8, "argmax")
    inputGradient.expect(input.shape, members: input.members, "inputGradient")
    expectStatistics(
      [gamma, mean, inverseStandardDeviation, gammaGradient, betaGradient], of: input)
    var constants = extents(of: input)
    constants["COLUMNS"] = .integer(input.activation.columns)
    return OpenCLOperation(
      "batch-normalization-pooled-backward/direct", on: self,
      [
        try reduction(
          "batch_normalization_pooled_backward", of: .batchNormalization, constants,
          [
            .tensor(input), .tensor(output), .tensor(argmax), .tensor(outputGradient),
            .tensor(gamma), .tensor(mean), .tensor(inverseStandardDeviation),
            .tensor(inputGradient),
            .tensor(gammaGradient), .tensor(betaGradient),
          ], results: input.activation.channels, members: input.members)
      ])
  }

  /// The shape of an activation that 2 x 2 windows have pooled.
  private func inPairs(_ input: Tensor) -> [Int] {
    let (batch, channels, rows, columns) = input.activation
    precondition(rows % 2 == 0 && columns % 2 == 0, "\(input.shape) is not to be halved")
    return [batch, channels, rows / 2, columns / 2]
  }

  /// `Device.batchNormalizationInference`.
  public func batchNormalizationInference(
    input: Tensor, gamma: Tensor, beta: Tensor, runningMean: Tensor, runningVariance: Tensor,
    epsilon: Float, output: Tensor
  ) throws -> any Operation {
    output.expect(input.shape, members: input.members, "output")
    expectStatistics([gamma, beta, runningMean, runningVariance], of: input)
    var constants = extents(of: input)
    constants["EPSILON"] = .float(epsilon)
    return OpenCLOperation(
      "batch-normalization-inference/direct", on: self,
      [
        try pointwise(
          "batch_normalization_inference", of: .batchNormalization, constants,
          [
            .tensor(input), .tensor(gamma), .tensor(beta), .tensor(runningMean),
            .tensor(runningVariance), .tensor(output),
          ], count: input.count, members: input.members)
      ])
  }

  private func expectStatistics(_ tensors: [Tensor], of input: Tensor) {
    for tensor in tensors {
      tensor.expect([input.activation.channels], members: input.members, "a channel's values")
    }
  }

  private func extents(of input: Tensor) -> KernelConstants {
    let (batch, channels, rows, columns) = input.activation
    input.expect(input.shape, members: input.members, "input")
    return [
      "BATCH": .integer(batch), "CHANNELS": .integer(channels), "PIXELS": .integer(rows * columns),
      "LANES": .integer(lanes(dividing: rows * columns)),
    ]
  }
}
