import TopoCompute

/// Prepares the forward operations of a network step by step.
struct ForwardBuilder {
  let architecture: Architecture
  let parameters: [Tensor?]
  let members: Int
  let mode: ForwardPass.Mode
  let kept: ForwardPass.Kept
  let device: any Device

  private(set) var operations: [any Operation] = []
  private(set) var steps: [ForwardPass.Step] = []
  /// What the next step reads.
  private(set) var current: Tensor
  /// The layer that wrote `current`; nil if it is the caller's.
  private var writer: Layer?
  /// Images of a batch.
  private let batch: Int

  init(
    architecture: Architecture, parameters: [Tensor?], members: Int, mode: ForwardPass.Mode,
    kept: ForwardPass.Kept, device: any Device, input: Tensor
  ) {
    (self.architecture, self.parameters, self.members) = (architecture, parameters, members)
    (self.mode, self.kept, self.device) = (mode, kept, device)
    current = input
    batch = input.shape[0]
  }

  /// Prepares the next step.
  mutating func add(_ step: ExecutionStep) throws {
    let layer = architecture.layers[step.layer]
    let own = LayerParameters(architecture, layer: step.layer, tensors: parameters)
    let shape = architecture.outputShapes[step.layers.upperBound - 1]
    switch layer {
    case .convolution(_, _, let window):
      let output = try memory(shape, of: step)
      operations.append(
        try device.convolution(
          window, input: current, weight: own[.weight], bias: own[.bias], output: output))
      finish(step, output)
    case .batchNormalization(_, let momentum, let epsilon):
      switch mode {
      case .inference: try addNormalization(step, own, epsilon: epsilon)
      case .training:
        try addNormalization(step, own, shape: shape, momentum: momentum, epsilon: epsilon)
      }
    case .relu:
      // Not `shape`: pooling may have gone first.
      let output = try inPlace(step) ?? memory(Array(current.shape.dropFirst()), of: step)
      operations.append(try device.relu(input: current, output: output))
      finish(step, output)
    case .maxPooling(let window):
      let output = try memory(shape, of: step)
      let argmax = try memory(shape, of: step, .uint8)
      operations.append(
        try device.maxPooling(window, input: current, output: output, argmax: argmax))
      finish(step, output, argmax: argmax)
    case .globalAveragePooling:
      let output = try memory(shape, of: step)
      operations.append(try device.globalAveragePooling(input: current, output: output))
      finish(step, output)
    case .sheet, .linear:
      let output = try memory(shape, of: step)
      operations.append(
        try device.linear(
          input: current, weight: own[.weight], bias: own[.bias], output: output))
      finish(step, output)
    case .dropout(let rate):
      guard case .training(let seeds, let clock) = mode else {
        steps.append(.init(step: step, input: current, output: current))
        return
      }
      let output = try memory(shape, of: step)
      operations.append(
        try device.dropout(
          rate: rate, stream: architecture.dropoutStream(ofLayer: step.layer), seeds: seeds,
          clock: clock, input: current, output: output))
      finish(step, output)
    }
  }

  /// Batch normalization by running statistics.
  private mutating func addNormalization(
    _ step: ExecutionStep, _ own: LayerParameters, epsilon: Float
  ) throws {
    let output = try inPlace(step) ?? memory(Array(current.shape.dropFirst()), of: step)
    operations.append(
      try device.batchNormalizationInference(
        input: current, gamma: own[.gamma], beta: own[.beta],
        runningMean: own[.runningMean], runningVariance: own[.runningVariance],
        epsilon: epsilon, output: output))
    finish(step, output)
  }

  /// Batch normalization by the batch's statistics, fused or not.
  private mutating func addNormalization(
    _ step: ExecutionStep, _ own: LayerParameters, shape: [Int], momentum: Float, epsilon: Float
  ) throws {
    let mean = try memory([shape[0]], of: step, perImage: false)
    let inverse = try memory([shape[0]], of: step, perImage: false)
    let output = try memory(shape, of: step)
    let argmax = step.isFused ? try memory(shape, of: step, .uint8) : nil
    if let argmax {
      operations.append(
        try device.batchNormalizationPooled(
          input: current, gamma: own[.gamma], beta: own[.beta],
          runningMean: own[.runningMean], runningVariance: own[.runningVariance],
          momentum: momentum, epsilon: epsilon, mean: mean, inverseStandardDeviation: inverse,
          output: output, argmax: argmax))
    } else {
      operations.append(
        try device.batchNormalization(
          input: current, gamma: own[.gamma], beta: own[.beta],
          runningMean: own[.runningMean], runningVariance: own[.runningVariance],
          momentum: momentum, epsilon: epsilon, mean: mean, inverseStandardDeviation: inverse,
          output: output))
    }
    finish(step, output, argmax: argmax, statistics: (mean, inverse))
  }

  // MARK: Tensors

  /// The input, if the step writes over it.
  private func inPlace(_ step: ExecutionStep) -> Tensor? {
    Overwriting.forward(
      architecture.layers[step.layer], reading: writer, isTraining: mode.isTraining)
      ? current : nil
  }

  /// New memory of a step.
  /// - Parameters:
  ///   - shape: of one image: `[channel, row, column]` or `[feature]`.
  ///   - perImage: whether there is one for each image of the batch.
  private func memory(
    _ shape: [Int], of step: ExecutionStep, _ type: ElementType = .float32, perImage: Bool = true
  ) throws -> Tensor {
    let isFlat = shape.count == 1
    let lasts =
      switch kept {
      case .nothing: false
      case .outputs:
        step.layer == architecture.sheetIndex || step.layer == architecture.layers.count - 1
      case .features: isFlat
      case .everything: true
      }
    let shape = (perImage ? [batch] : []) + shape
    let lifetime: TensorLifetime = lasts ? .persistent : .step
    return isFlat
      ? try device.makeTensor(
        members: members, shape: shape, elementType: type, lifetime: lifetime)
      : try device.makeActivation(
        members: members, shape: shape, elementType: type, lifetime: lifetime)
  }

  /// Notes what a step read and wrote.
  private mutating func finish(
    _ step: ExecutionStep, _ output: Tensor, argmax: Tensor? = nil,
    statistics: (mean: Tensor, inverseStandardDeviation: Tensor)? = nil
  ) {
    steps.append(
      .init(
        step: step, input: current, output: output, argmax: argmax, statistics: statistics))
    current = output
    writer = architecture.layers[step.layers.upperBound - 1]
  }
}
