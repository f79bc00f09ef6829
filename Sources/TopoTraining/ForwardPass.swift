import TopoCompute
import TopoNetworks

/// The forward operations of a training step, and what the backward ones need of them.
struct ForwardPass {
  private(set) var operations: [any Operation] = []
  /// The tensor that each layer reads.
  private(set) var inputs: [Int: Tensor] = [:]
  /// The tensor that each layer writes; a ReLU's may be its input.
  private(set) var outputs: [Int: Tensor] = [:]
  /// The network's answers.
  private(set) var logits: Tensor
  /// Places of the largest values, by pooling layer, or by the batch normalisation that pools.
  private(set) var indices: [Int: Tensor] = [:]
  /// Batch statistics, by batch normalisation.
  private(set) var statistics: [Int: (mean: Tensor, inverseStandardDeviation: Tensor)] = [:]

  init(input: Tensor, tensors: PopulationTensors, clock: Tensor, device: any Device) throws {
    let parameters = tensors.parameters
    let architecture = parameters.architecture
    let (members, batch) = (parameters.members, input.shape[0])
    var dropouts = 0
    var current = input
    logits = input

    func dense(_ shape: [Int]) throws -> Tensor {
      try device.makeTensor(
        members: members, shape: shape, elementType: .float32, lifetime: .step)
    }
    func activation(_ shape: [Int], _ type: ElementType = .float32) throws -> Tensor {
      shape.count == 3
        ? try device.makeActivation(
          members: members, shape: [batch] + shape, elementType: type, lifetime: .step)
        : try dense([batch] + shape)
    }

    // Layers that an operation before theirs has done.
    var done: Set<Int> = []
    for index in architecture.executionOrder where !done.contains(index) {
      let own = LayerParameters(architecture, layer: index, tensors: parameters.tensors)
      let shape = architecture.outputShapes[index]
      inputs[index] = current
      switch architecture.layers[index] {
      case .convolution(_, _, let window):
        let output = try activation(shape)
        operations.append(
          try device.convolution(
            window, input: current, weight: own[.weight], bias: own[.bias], output: output))
        current = output
      case .batchNormalization(_, let momentum, let epsilon):
        let saved = (mean: try dense([shape[0]]), inverseStandardDeviation: try dense([shape[0]]))
        statistics[index] = saved
        if architecture.isPooled(normalization: index) {
          let pooled = architecture.outputShapes[index + 2]
          let output = try activation(pooled)
          let places = try activation(pooled, .uint8)
          indices[index] = places
          operations.append(
            try device.batchNormalizationPooled(
              input: current, gamma: own[.scale], beta: own[.shift],
              runningMean: own[.runningMean], runningVariance: own[.runningVariance],
              momentum: momentum, epsilon: epsilon, mean: saved.mean,
              inverseStandardDeviation: saved.inverseStandardDeviation, output: output,
              argmax: places))
          done = [index + 1, index + 2]
          current = output
          break
        }
        let output = try activation(shape)
        operations.append(
          try device.batchNormalization(
            input: current, gamma: own[.scale], beta: own[.shift],
            runningMean: own[.runningMean], runningVariance: own[.runningVariance],
            momentum: momentum, epsilon: epsilon, mean: saved.mean,
            inverseStandardDeviation: saved.inverseStandardDeviation, output: output))
        current = output
      case .relu:
        // The sheet before ReLU is what activation similarity compares; everything else that a
        // ReLU reads, nobody reads again.
        let keepsInput = operations.isEmpty || index - 1 == architecture.sheetIndex
        let output = keepsInput ? try activation(Array(current.shape.dropFirst())) : current
        operations.append(try device.relu(input: current, output: output))
        current = output
      case .maxPooling(let window):
        let output = try activation(shape)
        let places = try activation(shape, .uint8)
        indices[index] = places
        operations.append(
          try device.maxPooling(window, input: current, output: output, argmax: places))
        current = output
      case .globalAveragePooling:
        let output = try activation(shape)
        operations.append(try device.globalAveragePooling(input: current, output: output))
        current = output
      case .sheet, .linear:
        let output = try activation(shape)
        operations.append(
          try device.linear(
            input: current, weight: own[.weight], bias: own[.bias], output: output))
        current = output
      case .dropout(let rate):
        // Not in place: the sheet after ReLU is compared before dropout.
        let output = try activation(shape)
        operations.append(
          try device.dropout(
            rate: rate, stream: dropouts, seeds: tensors.seeds, clock: clock, input: current,
            output: output))
        dropouts += 1
        current = output
      }
      outputs[index] = current
    }
    logits = current
  }
}
