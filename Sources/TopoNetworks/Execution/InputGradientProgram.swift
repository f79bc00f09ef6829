import TopoCompute

/// The operations that take a batch of images to the logits of every member, and back to how the
/// loss changes with each member's images: dropout off, batch normalisation by running statistics.
public struct InputGradientProgram: Sendable {
  /// The way from the input to the logits, which may also be run alone.
  public let forward: InferenceProgram
  /// To be run after the input and the targets are in place: the way forward and back, in one run.
  public let operations: [any Operation]
  /// Gradient of the batch's mean cross-entropy with respect to the input, an activation of its
  /// shape for each member; lasts until the next run.
  public let inputGradient: Tensor

  /// Prepares the way forward and back.
  /// - Parameters:
  ///   - input: normalised images, activation `[batch, channel, row, column]`, shared or per
  ///     member.
  ///   - targets: `int32 [batch]`, shared or per member; where negative, the gradient is zero.
  /// - Throws: `DeviceError`.
  public init(
    parameters: ParameterArena, input: Tensor, targets: Tensor, device: any Device
  ) throws {
    let architecture = parameters.architecture
    let members = parameters.members
    let forward = try InferenceProgram(parameters: parameters, input: input, device: device)
    var operations = forward.operations

    func fresh(_ shape: [Int], _ lifetime: TensorLifetime = .step) throws -> Tensor {
      shape.count == 4
        ? try device.makeActivation(
          members: members, shape: shape, elementType: .float32, lifetime: lifetime)
        : try device.makeTensor(
          members: members, shape: shape, elementType: .float32, lifetime: lifetime)
    }
    let result = try fresh(input.shape, .persistent)
    let normalization = try NormalizationGradient(architecture, members: members, device: device)

    var gradient = try fresh(forward.logits.shape)
    operations.append(
      try device.softmaxCrossEntropy(
        logits: forward.logits, targets: targets,
        // Nobody reads the score.
        score: try device.makeTensor(members: members, shape: [3]), gradient: gradient))
    let order = architecture.executionOrder
    for index in order.reversed() {
      let own = LayerParameters(architecture, layer: index, tensors: parameters.tensors)
      let layer = forward.layers[index]
      let isFirst = index == order.first
      /// Where a layer's gradient goes that cannot, or at the first layer must not, stay in place.
      func target() throws -> Tensor { isFirst ? result : try fresh(layer.input.shape) }
      func inPlace() -> Tensor { isFirst ? result : gradient }
      switch architecture.layers[index] {
      case .convolution(_, _, let window):
        let target = try target()
        operations.append(
          try device.convolutionBackwardData(
            window, outputGradient: gradient, weight: own[.weight], inputGradient: target))
        gradient = target
      case .batchNormalization(_, _, let epsilon):
        let target = inPlace()
        operations.append(
          try normalization.operation(
            own, epsilon: epsilon, outputGradient: gradient, inputGradient: target,
            device: device))
        gradient = target
      case .relu:
        let target = inPlace()
        operations.append(
          try device.reluBackward(
            output: layer.output, outputGradient: gradient, inputGradient: target))
        gradient = target
      case .maxPooling(let window):
        guard let indices = layer.indices else { break }
        let target = try target()
        operations.append(
          try device.maxPoolingBackward(
            window, outputGradient: gradient, argmax: indices, inputGradient: target))
        gradient = target
      case .globalAveragePooling:
        let target = try target()
        operations.append(
          try device.globalAveragePoolingBackward(
            outputGradient: gradient, inputGradient: target))
        gradient = target
      case .sheet, .linear:
        let target = try target()
        operations.append(
          try device.linearBackwardData(
            outputGradient: gradient, weight: own[.weight], inputGradient: target))
        gradient = target
      case .dropout: break
      }
    }
    self.forward = forward
    self.operations = operations
    inputGradient = result
  }
}

/// The way back through batch normalisation by running statistics: there it is a fixed line by
/// channel, and its gradient the same line through zero, so the same operation with nothing
/// subtracted and nothing added.
private struct NormalizationGradient {
  private let zeros: Tensor?

  init(_ architecture: Architecture, members: Int, device: any Device) throws {
    let channels = zip(architecture.layers, architecture.outputShapes).compactMap {
      if case .batchNormalization = $0 { $1[0] } else { nil }
    }
    zeros = try channels.max().map { try device.makeTensor(members: members, shape: [$0]) }
  }

  func operation(
    _ own: LayerParameters, epsilon: Float, outputGradient: Tensor, inputGradient: Tensor,
    device: any Device
  ) throws -> any Operation {
    guard let nothing = zeros?.view(at: 0, shape: [outputGradient.shape[1]]) else {
      preconditionFailure("there is a batch normalisation that was not counted")
    }
    return try device.batchNormalizationInference(
      input: outputGradient, gamma: own[.scale], beta: nothing, runningMean: nothing,
      runningVariance: own[.runningVariance], epsilon: epsilon, output: inputGradient)
  }
}
