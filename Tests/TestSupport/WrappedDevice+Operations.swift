import TopoCompute

/// Operations are those of the other device.
extension WrappedDevice {
  public func gather(
    images: Tensor, labels: Tensor, order: Tensor, clock: Tensor, mean: [Float],
    standardDeviation: [Float], input: Tensor, targets: Tensor
  ) throws -> any Operation {
    try inner.gather(
      images: images, labels: labels, order: order, clock: clock, mean: mean,
      standardDeviation: standardDeviation, input: input, targets: targets)
  }

  public func advance(clock: Tensor) throws -> any Operation {
    try inner.advance(clock: clock)
  }

  public func convolution(
    _ window: Window, input: Tensor, weight: Tensor, bias: Tensor, output: Tensor
  ) throws -> any Operation {
    try inner.convolution(window, input: input, weight: weight, bias: bias, output: output)
  }

  public func convolutionBackwardData(
    _ window: Window, outputGradient: Tensor, weight: Tensor, inputGradient: Tensor
  ) throws -> any Operation {
    try inner.convolutionBackwardData(
      window, outputGradient: outputGradient, weight: weight, inputGradient: inputGradient)
  }

  public func convolutionBackwardWeight(
    _ window: Window, input: Tensor, outputGradient: Tensor, weightGradient: Tensor,
    biasGradient: Tensor
  ) throws -> any Operation {
    try inner.convolutionBackwardWeight(
      window, input: input, outputGradient: outputGradient, weightGradient: weightGradient,
      biasGradient: biasGradient)
  }

  public func maxPooling(_ window: Window, input: Tensor, output: Tensor, argmax: Tensor) throws
    -> any Operation
  {
    try inner.maxPooling(window, input: input, output: output, argmax: argmax)
  }

  public func maxPoolingBackward(
    _ window: Window, outputGradient: Tensor, argmax: Tensor, inputGradient: Tensor
  ) throws -> any Operation {
    try inner.maxPoolingBackward(
      window, outputGradient: outputGradient, argmax: argmax, inputGradient: inputGradient)
  }

  public func globalAveragePooling(input: Tensor, output: Tensor) throws -> any Operation {
    try inner.globalAveragePooling(input: input, output: output)
  }

  public func globalAveragePoolingBackward(outputGradient: Tensor, inputGradient: Tensor) throws
    -> any Operation
  {
    try inner.globalAveragePoolingBackward(
      outputGradient: outputGradient, inputGradient: inputGradient)
  }

  public func batchNormalization(
    input: Tensor, gamma: Tensor, beta: Tensor, runningMean: Tensor, runningVariance: Tensor,
    momentum: Float, epsilon: Float, mean: Tensor, inverseStandardDeviation: Tensor, output: Tensor
  ) throws -> any Operation {
    try inner.batchNormalization(
      input: input, gamma: gamma, beta: beta, runningMean: runningMean,
      runningVariance: runningVariance, momentum: momentum, epsilon: epsilon, mean: mean,
      inverseStandardDeviation: inverseStandardDeviation, output: output)
  }

  public func batchNormalizationBackward(
    input: Tensor, outputGradient: Tensor, gamma: Tensor, mean: Tensor,
    inverseStandardDeviation: Tensor, inputGradient: Tensor, gammaGradient: Tensor,
    betaGradient: Tensor
  ) throws -> any Operation {
    try inner.batchNormalizationBackward(
      input: input, outputGradient: outputGradient, gamma: gamma, mean: mean,
      inverseStandardDeviation: inverseStandardDeviation, inputGradient: inputGradient,
      gammaGradient: gammaGradient, betaGradient: betaGradient)
  }

  public func batchNormalizationInference(
    input: Tensor, gamma: Tensor, beta: Tensor, runningMean: Tensor, runningVariance: Tensor,
    epsilon: Float, output: Tensor
  ) throws -> any Operation {
    try inner.batchNormalizationInference(
      input: input, gamma: gamma, beta: beta, runningMean: runningMean,
      runningVariance: runningVariance, epsilon: epsilon, output: output)
  }

  public func batchNormalizationPooled(
    input: Tensor, gamma: Tensor, beta: Tensor, runningMean: Tensor, runningVariance: Tensor,
    momentum: Float, epsilon: Float, mean: Tensor, inverseStandardDeviation: Tensor, output: Tensor,
    argmax: Tensor
  ) throws -> any Operation {
    try inner.batchNormalizationPooled(
      input: input, gamma: gamma, beta: beta, runningMean: runningMean,
      runningVariance: runningVariance, momentum: momentum, epsilon: epsilon, mean: mean,
      inverseStandardDeviation: inverseStandardDeviation, output: output, argmax: argmax)
  }

  public func batchNormalizationPooledBackward(
    input: Tensor, output: Tensor, argmax: Tensor, outputGradient: Tensor, gamma: Tensor,
    mean: Tensor, inverseStandardDeviation: Tensor, inputGradient: Tensor, gammaGradient: Tensor,
    betaGradient: Tensor
  ) throws -> any Operation {
    try inner.batchNormalizationPooledBackward(
      input: input, output: output, argmax: argmax, outputGradient: outputGradient, gamma: gamma,
      mean: mean, inverseStandardDeviation: inverseStandardDeviation, inputGradient: inputGradient,
      gammaGradient: gammaGradient, betaGradient: betaGradient)
  }

  public func linear(input: Tensor, weight: Tensor, bias: Tensor, output: Tensor) throws
    -> any Operation
  {
    try inner.linear(input: input, weight: weight, bias: bias, output: output)
  }

  public func linearBackwardData(outputGradient: Tensor, weight: Tensor, inputGradient: Tensor)
    throws -> any Operation
  {
    try inner.linearBackwardData(
      outputGradient: outputGradient, weight: weight, inputGradient: inputGradient)
  }

  public func linearBackwardWeight(
    input: Tensor, outputGradient: Tensor, weightGradient: Tensor, biasGradient: Tensor
  ) throws -> any Operation {
    try inner.linearBackwardWeight(
      input: input, outputGradient: outputGradient, weightGradient: weightGradient,
      biasGradient: biasGradient)
  }

  public func relu(input: Tensor, output: Tensor) throws -> any Operation {
    try inner.relu(input: input, output: output)
  }

  public func reluBackward(output: Tensor, outputGradient: Tensor, inputGradient: Tensor) throws
    -> any Operation
  {
    try inner.reluBackward(
      output: output, outputGradient: outputGradient, inputGradient: inputGradient)
  }

  public func dropout(
    rate: Float, stream: Int, seeds: Tensor, clock: Tensor, input: Tensor, output: Tensor
  ) throws -> any Operation {
    try inner.dropout(
      rate: rate, stream: stream, seeds: seeds, clock: clock, input: input, output: output)
  }

  public func softmaxCrossEntropy(logits: Tensor, targets: Tensor, score: Tensor, gradient: Tensor?)
    throws -> any Operation
  {
    try inner.softmaxCrossEntropy(
      logits: logits, targets: targets, score: score, gradient: gradient)
  }

  public func neighborPenalty(
    _ metric: PenaltyMetric, graph: NeighborGraph, matrix: PenaltyMatrix, scale: Float,
    values: Tensor, lambdas: Tensor, value: Tensor, gradient: Tensor
  ) throws -> any Operation {
    try inner.neighborPenalty(
      metric, graph: graph, matrix: matrix, scale: scale, values: values, lambdas: lambdas,
      value: value, gradient: gradient)
  }

  public func attackStep(
    _ norm: AttackNorm, clean: Tensor, from: Tensor, gradient: Tensor?, stepAndRadius: Tensor,
    mean: [Float], standardDeviation: [Float], images: Tensor, input: Tensor
  ) throws -> any Operation {
    try inner.attackStep(
      norm, clean: clean, from: from, gradient: gradient, stepAndRadius: stepAndRadius, mean: mean,
      standardDeviation: standardDeviation, images: images, input: input)
  }

  public func update(
    _ rule: OptimizerRule, parameters: Tensor, gradients: Tensor, state: Tensor, rates: Tensor,
    clock: Tensor
  ) throws -> any Operation {
    try inner.update(
      rule, parameters: parameters, gradients: gradients, state: state, rates: rates, clock: clock)
  }
}
