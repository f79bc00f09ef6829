extension OpenCLDevice {
  /// `Device.batchNormalization`; one work-group per channel.
  public func batchNormalization(
    input: Tensor, scale: Tensor, shift: Tensor, runningMean: Tensor, runningVariance: Tensor,
    momentum: Float, epsilon: Float, mean: Tensor, inverseDeviation: Tensor, output: Tensor
  ) throws -> any Operation {
    let channels = input.activation.channels
    output.expect(input.shape, members: input.members, "output")
    expectStatistics(
      [scale, shift, runningMean, runningVariance, mean, inverseDeviation], of: input)
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
            .tensor(input), .tensor(scale), .tensor(shift), .tensor(runningMean),
            .tensor(runningVariance), .tensor(mean), .tensor(inverseDeviation), .tensor(output),
          ], results: channels, members: input.members)
      ])
  }

  /// `Device.batchNormalizationBackward`; one work-group per channel.
  public func batchNormalizationBackward(
    input: Tensor, outputGradient: Tensor, scale: Tensor, mean: Tensor, inverseDeviation: Tensor,
    inputGradient: Tensor, scaleGradient: Tensor, shiftGradient: Tensor
  ) throws -> any Operation {
    let channels = input.activation.channels
    outputGradient.expect(input.shape, members: input.members, "outputGradient")
    inputGradient.expect(input.shape, members: input.members, "inputGradient")
    expectStatistics([scale, mean, inverseDeviation, scaleGradient, shiftGradient], of: input)
    return OpenCLOperation(
      "batch-normalization-backward/direct", on: self,
      [
        try reduction(
          "batch_normalization_backward", of: .batchNormalization, extents(of: input),
          [
            .tensor(input), .tensor(outputGradient), .tensor(scale), .tensor(mean),
            .tensor(inverseDeviation), .tensor(inputGradient), .tensor(scaleGradient),
            .tensor(shiftGradient),
          ], results: channels, members: input.members)
      ])
  }

  /// `Device.batchNormalizationInference`.
  public func batchNormalizationInference(
    input: Tensor, scale: Tensor, shift: Tensor, runningMean: Tensor, runningVariance: Tensor,
    epsilon: Float, output: Tensor
  ) throws -> any Operation {
    output.expect(input.shape, members: input.members, "output")
    expectStatistics([scale, shift, runningMean, runningVariance], of: input)
    var constants = extents(of: input)
    constants["EPSILON"] = .float(epsilon)
    return OpenCLOperation(
      "batch-normalization-inference/direct", on: self,
      [
        try pointwise(
          "batch_normalization_inference", of: .batchNormalization, constants,
          [
            .tensor(input), .tensor(scale), .tensor(shift), .tensor(runningMean),
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
      "VECTOR": .integer(vectorWidth(rows * columns)),
    ]
  }
}
