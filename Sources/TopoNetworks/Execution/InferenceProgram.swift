import TopoCompute

/// The operations that take a batch of images to the sheet and the logits of every member, with
/// dropout off and batch normalisation by running statistics.
public struct InferenceProgram: Sendable {
  /// To be run after the input is in place.
  public let operations: [any Operation]
  /// The sheet before ReLU, dense `[batch, unit]`.
  public let sheet: Tensor
  /// Dense `[batch, class]`.
  public let logits: Tensor
  /// What each layer reads and writes, for the way back.
  let layers: [LayerTensors]

  /// The tensors of one layer; a dropout layer, which does nothing here, writes what it reads.
  struct LayerTensors {
    var input: Tensor
    var output: Tensor
    /// Places of the largest values, of a pooling layer.
    var indices: Tensor?
  }

  /// Prepares inference.
  /// - Parameter input: normalised images, activation `[batch, channel, row, column]`, shared or
  ///   per member.
  /// - Throws: `DeviceError`.
  public init(parameters: ParameterArena, input: Tensor, device: any Device) throws {
    let architecture = parameters.architecture
    let (members, batch) = (parameters.members, input.shape[0])
    var operations: [any Operation] = []
    var (current, sheet) = (input, Optional<Tensor>.none)
    var layers = Array(
      repeating: LayerTensors(input: input, output: input), count: architecture.layers.count)
    // The layer that was computed before.
    var previous: Layer?

    func flat(_ features: Int, lifetime: TensorLifetime) throws -> Tensor {
      try device.makeTensor(
        members: members, shape: [batch, features], elementType: .float32, lifetime: lifetime)
    }
    func spatial(_ shape: [Int], _ type: ElementType = .float32) throws -> Tensor {
      try device.makeActivation(
        members: members, shape: [batch] + shape, elementType: type, lifetime: .step)
    }

    for index in architecture.executionOrder {
      let own = LayerParameters(architecture, layer: index, tensors: parameters.tensors)
      let shape = architecture.outputShapes[index]
      let isLast = index == architecture.layers.count - 1
      var used = LayerTensors(input: current, output: current)
      switch architecture.layers[index] {
      case .convolution(_, _, let window):
        let output = try spatial(shape)
        operations.append(
          try device.convolution(
            window, input: current, weight: own[.weight], bias: own[.bias], output: output))
        current = output
      case .batchNormalization(_, _, let epsilon):
        // The input image may be shared by all members, so it is never written to; and what a
        // ReLU wrote says on the way back where it let values through.
        let keepsInput = operations.isEmpty || previous == .relu
        let output = keepsInput ? try spatial(shape) : current
        operations.append(
          try device.batchNormalizationInference(
            input: current, scale: own[.scale], shift: own[.shift],
            runningMean: own[.runningMean], runningVariance: own[.runningVariance],
            epsilon: epsilon, output: output))
        current = output
      case .relu:
        let keepsInput = operations.isEmpty || index - 1 == architecture.sheetIndex
        let own = Array(current.shape.dropFirst())
        let output =
          keepsInput
          ? (own.count == 3 ? try spatial(own) : try flat(own[0], lifetime: .step)) : current
        operations.append(try device.relu(input: current, output: output))
        current = output
      case .maxPooling(let window):
        let output = try spatial(shape)
        let indices = try spatial(shape, .uint8)
        used.indices = indices
        operations.append(
          try device.maxPooling(window, input: current, output: output, indices: indices))
        current = output
      case .globalAveragePooling:
        let output = try flat(shape[0], lifetime: .step)
        operations.append(try device.globalAveragePooling(input: current, output: output))
        current = output
      case .sheet, .linear:
        let isSheet = index == architecture.sheetIndex
        let output = try flat(shape[0], lifetime: isSheet || isLast ? .persistent : .step)
        operations.append(
          try device.linear(
            input: current, weight: own[.weight], bias: own[.bias], output: output))
        if isSheet { sheet = output }
        current = output
      case .dropout: break
      }
      used.output = current
      layers[index] = used
      previous = architecture.layers[index]
    }
    self.operations = operations
    self.sheet = sheet ?? current
    logits = current
    self.layers = layers
  }
}
