import TopoCompute

/// Prepares the backward operations of a network step by step, from the last to the first.
struct BackwardBuilder {
  private let forward: ForwardPass
  private let parameterGradients: [Tensor?]?
  private let inputGradient: Tensor?
  private let device: any Device
  private let zeros: Tensor?

  private(set) var operations: [any Operation] = []
  /// Gradient of what the next step wrote.
  private var gradient: Tensor

  private var architecture: Architecture { forward.architecture }

  init(
    forward: ForwardPass, parameterGradients: [Tensor?]?, inputGradient: Tensor?,
    outputGradient: Tensor, device: any Device
  ) throws {
    self.forward = forward
    self.parameterGradients = parameterGradients
    self.inputGradient = inputGradient
    self.device = device
    gradient = outputGradient
    zeros = try forward.mode.isTraining ? nil : Self.zeros(forward, device)
  }

  /// Prepares the gradients of one step.
  /// - Parameter isFirst: whether the step reads what the caller wrote.
  mutating func add(
    _ step: ForwardPass.Step, isFirst: Bool, terms: BackwardPass.Terms
  ) throws {
    let index = step.step.layer
    let own = LayerParameters(architecture, layer: index, tensors: forward.parameters)
    let gradients = parameterGradients.map {
      LayerParameters(architecture, layer: index, tensors: $0)
    }
    switch architecture.layers[index] {
    case .convolution(_, _, let window):
      if let gradients {
        operations.append(
          try device.convolutionBackwardWeight(
            window, input: step.input, outputGradient: gradient,
            weightGradient: gradients[.weight], biasGradient: gradients[.bias]))
      }
      guard let target = try target(step, isFirst) else { break }
      operations.append(
        try device.convolutionBackwardData(
          window, outputGradient: gradient, weight: own[.weight], inputGradient: target))
      gradient = target
    case .batchNormalization(_, _, let epsilon):
      if let statistics = step.statistics {
        try addNormalization(step, own, gradients, statistics, isFirst: isFirst)
      } else {
        guard let target = try target(step, isFirst) else { break }
        try addNormalization(own, epsilon: epsilon, target: target)
      }
    case .relu:
      if index - 1 == architecture.sheetIndex, gradients != nil {
        operations += try terms(.activations(.postReLU), step.output, gradient)
      }
      guard let target = try target(step, isFirst) else { break }
      operations.append(
        try device.reluBackward(
          output: step.output, outputGradient: gradient, inputGradient: target))
      gradient = target
    case .maxPooling(let window):
      guard let argmax = step.argmax, let target = try target(step, isFirst) else { break }
      operations.append(
        try device.maxPoolingBackward(
          window, outputGradient: gradient, argmax: argmax, inputGradient: target))
      gradient = target
    case .globalAveragePooling:
      guard let target = try target(step, isFirst) else { break }
      operations.append(
        try device.globalAveragePoolingBackward(outputGradient: gradient, inputGradient: target))
      gradient = target
    case .sheet, .linear:
      if let gradients {
        let isSheet = index == architecture.sheetIndex
        if isSheet {
          operations += try terms(.activations(.preReLU), step.output, gradient)
        }
        operations.append(
          try device.linearBackwardWeight(
            input: step.input, outputGradient: gradient, weightGradient: gradients[.weight],
            biasGradient: gradients[.bias]))
        if isSheet { operations += try terms(.weight, own[.weight], gradients[.weight]) }
      }
      guard let target = try target(step, isFirst) else { break }
      operations.append(
        try device.linearBackwardData(
          outputGradient: gradient, weight: own[.weight], inputGradient: target))
      gradient = target
    case .dropout(let rate):
      guard case .training(let seeds, let clock) = forward.mode,
        let target = try target(step, isFirst)
      else { break }
      // The mask follows from seed, clock and stream, so the gradient meets the same one.
      operations.append(
        try device.dropout(
          rate: rate, stream: architecture.dropoutStream(ofLayer: index), seeds: seeds,
          clock: clock, input: gradient, output: target))
      gradient = target
    }
  }

  /// Back through batch normalization by the batch's statistics, fused or not. Its operation gives
  /// the gradients of input and parameters together, so the former is computed even if the caller
  /// does not want it.
  private mutating func addNormalization(
    _ step: ForwardPass.Step, _ own: LayerParameters, _ gradients: LayerParameters?,
    _ statistics: (mean: Tensor, inverseStandardDeviation: Tensor), isFirst: Bool
  ) throws {
    let gamma = try gradients?[.gamma] ?? scratch(own[.gamma].shape)
    let beta = try gradients?[.beta] ?? scratch(own[.beta].shape)
    if let argmax = step.argmax {
      let target = try target(step, isFirst) ?? scratch(step.input.shape)
      operations.append(
        try device.batchNormalizationPooledBackward(
          input: step.input, output: step.output, argmax: argmax, outputGradient: gradient,
          gamma: own[.gamma], mean: statistics.mean,
          inverseStandardDeviation: statistics.inverseStandardDeviation, inputGradient: target,
          gammaGradient: gamma, betaGradient: beta))
      gradient = target
    } else {
      let target = try target(step, isFirst) ?? gradient
      operations.append(
        try device.batchNormalizationBackward(
          input: step.input, outputGradient: gradient, gamma: own[.gamma], mean: statistics.mean,
          inverseStandardDeviation: statistics.inverseStandardDeviation, inputGradient: target,
          gammaGradient: gamma, betaGradient: beta))
      gradient = target
    }
  }

  /// Back through batch normalization by running statistics: there it is a fixed line by channel,
  /// and its gradient the same line through zero, so the same operation with nothing subtracted
  /// and nothing added.
  private mutating func addNormalization(
    _ own: LayerParameters, epsilon: Float, target: Tensor
  ) throws {
    guard let zero = zeros?.view(at: 0, shape: own[.gamma].shape) else {
      preconditionFailure("there is a batch normalization that was not counted")
    }
    operations.append(
      try device.batchNormalizationInference(
        input: gradient, gamma: own[.gamma], beta: zero, runningMean: zero,
        runningVariance: own[.runningVariance], epsilon: epsilon, output: target))
    gradient = target
  }

  /// A zero for each channel of the widest batch normalization; nil if there is none.
  private static func zeros(_ forward: ForwardPass, _ device: any Device) throws -> Tensor? {
    let channels = forward.steps.compactMap { step in
      if case .batchNormalization = forward.architecture.layers[step.step.layer] {
        step.input.shape[1]
      } else {
        nil
      }
    }
    return try channels.max().map { try device.makeTensor(members: forward.members, shape: [$0]) }
  }

  // MARK: Tensors

  /// Where the gradient of a step's input goes; nil if it is not wanted.
  private func target(_ step: ForwardPass.Step, _ isFirst: Bool) throws -> Tensor? {
    if isFirst { return inputGradient }
    let layer = architecture.layers[step.step.layer]
    return Overwriting.backward(layer, isFused: step.step.isFused)
      ? gradient : try scratch(step.input.shape)
  }

  /// New memory that lasts for a run.
  private func scratch(_ shape: [Int]) throws -> Tensor {
    shape.count == 4
      ? try device.makeActivation(
        members: forward.members, shape: shape, elementType: .float32, lifetime: .step)
      : try device.makeTensor(
        members: forward.members, shape: shape, elementType: .float32, lifetime: .step)
  }
}
