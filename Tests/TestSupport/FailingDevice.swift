import Synchronization
import TopoCompute

/// A device that is lost: it computes as another one does, until it has run operations for a number
/// of times. Then every run throws.
package final class FailingDevice: Device {
  private let base: any Device
  private let limit: Int
  private let count = Atomic(0)

  /// How often operations ran.
  package var runs: Int { count.load(ordering: .relaxed) }

  /// What it throws.
  package static let error = DeviceError("the device is lost")

  /// A device that fails after `runs` successful calls of `run`; never by default.
  package init(_ base: any Device, after runs: Int = .max) {
    (self.base, limit) = (base, runs)
  }

  package var information: DeviceInformation { base.information }
  package var memoryUse: MemoryUse { base.memoryUse }

  package func run(_ operations: [any Operation]) throws {
    guard count.load(ordering: .relaxed) < limit else { throw Self.error }
    try base.run(operations)
    count.wrappingAdd(1, ordering: .relaxed)
  }

  package func makeTensor(
    members: Int, shape: [Int], elementType: ElementType, lifetime: TensorLifetime
  ) throws -> Tensor {
    try base.makeTensor(
      members: members, shape: shape, elementType: elementType, lifetime: lifetime)
  }

  package func makeActivation(
    members: Int, shape: [Int], elementType: ElementType, lifetime: TensorLifetime
  ) throws -> Tensor {
    try base.makeActivation(
      members: members, shape: shape, elementType: elementType, lifetime: lifetime)
  }

  package func write<Element: DeviceElement>(_ values: [Element], to tensor: Tensor) throws {
    try base.write(values, to: tensor)
  }

  package func read<Element: DeviceElement>(_ tensor: Tensor, as type: Element.Type) throws
    -> [Element]
  { try base.read(tensor, as: type) }

  package func measuring() throws -> any Device { try base.measuring() }

  package func sharingStepMemory<Result>(_ prepare: () throws -> Result) rethrows -> Result {
    try base.sharingStepMemory(prepare)
  }

  package func finish() throws { try base.finish() }

  package func gather(
    images: Tensor, labels: Tensor, order: Tensor, clock: Tensor, mean: [Float],
    standardDeviation: [Float], input: Tensor, targets: Tensor
  ) throws -> any Operation {
    try base.gather(
      images: images, labels: labels, order: order, clock: clock, mean: mean,
      standardDeviation: standardDeviation, input: input, targets: targets)
  }

  package func advance(clock: Tensor) throws -> any Operation { try base.advance(clock: clock) }

  package func convolution(
    _ window: Window, input: Tensor, weight: Tensor, bias: Tensor, output: Tensor
  ) throws -> any Operation {
    try base.convolution(window, input: input, weight: weight, bias: bias, output: output)
  }

  package func convolutionBackwardData(
    _ window: Window, outputGradient: Tensor, weight: Tensor, inputGradient: Tensor
  ) throws -> any Operation {
    try base.convolutionBackwardData(
      window, outputGradient: outputGradient, weight: weight, inputGradient: inputGradient)
  }

  package func convolutionBackwardWeight(
    _ window: Window, input: Tensor, outputGradient: Tensor, weightGradient: Tensor,
    biasGradient: Tensor
  ) throws -> any Operation {
    try base.convolutionBackwardWeight(
      window, input: input, outputGradient: outputGradient, weightGradient: weightGradient,
      biasGradient: biasGradient)
  }

  package func maxPooling(_ window: Window, input: Tensor, output: Tensor, argmax: Tensor) throws
    -> any Operation
  { try base.maxPooling(window, input: input, output: output, argmax: argmax) }

  package func maxPoolingBackward(
    _ window: Window, outputGradient: Tensor, argmax: Tensor, inputGradient: Tensor
  ) throws -> any Operation {
    try base.maxPoolingBackward(
      window, outputGradient: outputGradient, argmax: argmax, inputGradient: inputGradient)
  }

  package func globalAveragePooling(input: Tensor, output: Tensor) throws -> any Operation {
    try base.globalAveragePooling(input: input, output: output)
  }

  package func globalAveragePoolingBackward(outputGradient: Tensor, inputGradient: Tensor) throws
    -> any Operation
  {
    try base.globalAveragePoolingBackward(
      outputGradient: outputGradient, inputGradient: inputGradient)
  }

  package func batchNormalization(
    input: Tensor, gamma: Tensor, beta: Tensor, runningMean: Tensor, runningVariance: Tensor,
    momentum: Float, epsilon: Float, mean: Tensor, inverseStandardDeviation: Tensor, output: Tensor
  ) throws -> any Operation {
    try base.batchNormalization(
      input: input, gamma: gamma, beta: beta, runningMean: runningMean,
      runningVariance: runningVariance, momentum: momentum, epsilon: epsilon, mean: mean,
      inverseStandardDeviation: inverseStandardDeviation, output: output)
  }

  package func batchNormalizationBackward(
    input: Tensor, outputGradient: Tensor, gamma: Tensor, mean: Tensor,
    inverseStandardDeviation: Tensor, inputGradient: Tensor, gammaGradient: Tensor,
    betaGradient: Tensor
  ) throws -> any Operation {
    try base.batchNormalizationBackward(
      input: input, outputGradient: outputGradient, gamma: gamma, mean: mean,
      inverseStandardDeviation: inverseStandardDeviation, inputGradient: inputGradient,
      gammaGradient: gammaGradient, betaGradient: betaGradient)
  }

  package func batchNormalizationInference(
    input: Tensor, gamma: Tensor, beta: Tensor, runningMean: Tensor, runningVariance: Tensor,
    epsilon: Float, output: Tensor
  ) throws -> any Operation {
    try base.batchNormalizationInference(
      input: input, gamma: gamma, beta: beta, runningMean: runningMean,
      runningVariance: runningVariance, epsilon: epsilon, output: output)
  }

  package func batchNormalizationPooled(
    input: Tensor, gamma: Tensor, beta: Tensor, runningMean: Tensor, runningVariance: Tensor,
    momentum: Float, epsilon: Float, mean: Tensor, inverseStandardDeviation: Tensor, output: Tensor,
    argmax: Tensor
  ) throws -> any Operation {
    try base.batchNormalizationPooled(
      input: input, gamma: gamma, beta: beta, runningMean: runningMean,
      runningVariance: runningVariance, momentum: momentum, epsilon: epsilon, mean: mean,
      inverseStandardDeviation: inverseStandardDeviation, output: output, argmax: argmax)
  }

  package func batchNormalizationPooledBackward(
    input: Tensor, output: Tensor, argmax: Tensor, outputGradient: Tensor, gamma: Tensor,
    mean: Tensor, inverseStandardDeviation: Tensor, inputGradient: Tensor, gammaGradient: Tensor,
    betaGradient: Tensor
  ) throws -> any Operation {
    try base.batchNormalizationPooledBackward(
      input: input, output: output, argmax: argmax, outputGradient: outputGradient, gamma: gamma,
      mean: mean, inverseStandardDeviation: inverseStandardDeviation, inputGradient: inputGradient,
      gammaGradient: gammaGradient, betaGradient: betaGradient)
  }

  package func linear(input: Tensor, weight: Tensor, bias: Tensor, output: Tensor) throws
    -> any Operation
  { try base.linear(input: input, weight: weight, bias: bias, output: output) }

  package func linearBackwardData(outputGradient: Tensor, weight: Tensor, inputGradient: Tensor)
    throws -> any Operation
  {
    try base.linearBackwardData(
      outputGradient: outputGradient, weight: weight, inputGradient: inputGradient)
  }

  package func linearBackwardWeight(
    input: Tensor, outputGradient: Tensor, weightGradient: Tensor, biasGradient: Tensor
  ) throws -> any Operation {
    try base.linearBackwardWeight(
      input: input, outputGradient: outputGradient, weightGradient: weightGradient,
      biasGradient: biasGradient)
  }

  package func relu(input: Tensor, output: Tensor) throws -> any Operation {
    try base.relu(input: input, output: output)
  }

  package func reluBackward(output: Tensor, outputGradient: Tensor, inputGradient: Tensor) throws
    -> any Operation
  {
    try base.reluBackward(
      output: output, outputGradient: outputGradient, inputGradient: inputGradient)
  }

  package func dropout(
    rate: Float, stream: Int, seeds: Tensor, clock: Tensor, input: Tensor, output: Tensor
  ) throws -> any Operation {
    try base.dropout(
      rate: rate, stream: stream, seeds: seeds, clock: clock, input: input, output: output)
  }

  package func softmaxCrossEntropy(
    logits: Tensor, targets: Tensor, score: Tensor, gradient: Tensor?
  ) throws -> any Operation {
    try base.softmaxCrossEntropy(logits: logits, targets: targets, score: score, gradient: gradient)
  }

  package func neighborPenalty(
    _ metric: PenaltyMetric, graph: NeighborGraph, matrix: PenaltyMatrix, scale: Float,
    values: Tensor, lambdas: Tensor, value: Tensor, gradient: Tensor
  ) throws -> any Operation {
    try base.neighborPenalty(
      metric, graph: graph, matrix: matrix, scale: scale, values: values, lambdas: lambdas,
      value: value, gradient: gradient)
  }

  package func attackStep(
    _ norm: AttackNorm, clean: Tensor, from: Tensor, gradient: Tensor?, stepAndRadius: Tensor,
    mean: [Float], standardDeviation: [Float], images: Tensor, input: Tensor
  ) throws -> any Operation {
    try base.attackStep(
      norm, clean: clean, from: from, gradient: gradient, stepAndRadius: stepAndRadius, mean: mean,
      standardDeviation: standardDeviation, images: images, input: input)
  }

  package func update(
    _ rule: OptimizerRule, parameters: Tensor, gradients: Tensor, state: Tensor, rates: Tensor,
    clock: Tensor
  ) throws -> any Operation {
    try base.update(
      rule, parameters: parameters, gradients: gradients, state: state, rates: rates, clock: clock)
  }
}
