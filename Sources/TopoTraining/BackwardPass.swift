import TopoCompute
import TopoNetworks
import TopoSheets

/// The backward operations of a training step: gradients of cross-entropy and penalties.
struct BackwardPass {
  private(set) var operations: [any Operation] = []

  init(
    forward: ForwardPass, logitsGradient: Tensor, tensors: PopulationTensors,
    objective: Objective, clock: Tensor, device: any Device
  ) throws {
    let parameters = tensors.parameters
    let architecture = parameters.architecture
    let batch = logitsGradient.shape[0]
    var gradient = logitsGradient
    var dropouts = architecture.layers.count {
      if case .dropout = $0 { true } else { false }
    }

    /// Fresh memory shaped as the input of a layer.
    func gradientOf(_ input: Tensor) throws -> Tensor {
      input.shape.count == 4
        ? try device.makeActivation(
          members: parameters.members, shape: input.shape, elementType: .float32,
          lifetime: .step)
        : try device.makeTensor(
          members: parameters.members, shape: input.shape, elementType: .float32,
          lifetime: .step)
    }
    /// Penalties on the activations that a layer writes, added to their gradient.
    func penalise(_ output: Tensor, view: Penalty.View) throws {
      operations += try objective.operations(
        on: output, gradient: gradient, sheet: architecture.sheet,
        features: batch, value: tensors.penalty, device: device
      ) { $0.kind == .activationSimilarity && $0.view == view }
    }

    let order = architecture.executionOrder
    for index in order.reversed() {
      // What is missing, a batch normalisation that pools has done.
      guard let input = forward.inputs[index], let output = forward.outputs[index] else { continue }
      let own = LayerParameters(architecture, layer: index, tensors: parameters.tensors)
      let ownGradients = LayerParameters(
        architecture, layer: index, tensors: tensors.gradientTensors)
      // Nobody asks how the images should change.
      let isFirst = index == order.first
      switch architecture.layers[index] {
      case .convolution(_, _, let window):
        operations.append(
          try device.convolutionBackwardWeight(
            window, input: input, outputGradient: gradient, weightGradient: ownGradients[.weight],
            biasGradient: ownGradients[.bias]))
        guard !isFirst else { break }
        let target = try gradientOf(input)
        operations.append(
          try device.convolutionBackwardData(
            window, outputGradient: gradient, weight: own[.weight], inputGradient: target))
        gradient = target
      case .batchNormalization:
        guard let saved = forward.statistics[index] else { break }
        if let places = forward.indices[index] {
          let target = try gradientOf(input)
          operations.append(
            try device.batchNormalizationPooledBackward(
              input: input, output: output, argmax: places, outputGradient: gradient,
              gamma: own[.scale], mean: saved.mean,
              inverseStandardDeviation: saved.inverseStandardDeviation,
              inputGradient: target, gammaGradient: ownGradients[.scale],
              betaGradient: ownGradients[.shift]))
          gradient = target
          break
        }
        operations.append(
          try device.batchNormalizationBackward(
            input: input, outputGradient: gradient, gamma: own[.scale], mean: saved.mean,
            inverseStandardDeviation: saved.inverseStandardDeviation, inputGradient: gradient,
            gammaGradient: ownGradients[.scale], betaGradient: ownGradients[.shift]))
      case .relu:
        if index - 1 == architecture.sheetIndex { try penalise(output, view: .postReLU) }
        operations.append(
          try device.reluBackward(
            output: output, outputGradient: gradient, inputGradient: gradient))
      case .maxPooling(let window):
        guard !isFirst, let places = forward.indices[index] else { break }
        let target = try gradientOf(input)
        operations.append(
          try device.maxPoolingBackward(
            window, outputGradient: gradient, argmax: places, inputGradient: target))
        gradient = target
      case .globalAveragePooling:
        guard !isFirst else { break }
        let target = try gradientOf(input)
        operations.append(
          try device.globalAveragePoolingBackward(
            outputGradient: gradient, inputGradient: target))
        gradient = target
      case .sheet, .linear:
        if index == architecture.sheetIndex { try penalise(output, view: .preReLU) }
        operations.append(
          try device.linearBackwardWeight(
            input: input, outputGradient: gradient, weightGradient: ownGradients[.weight],
            biasGradient: ownGradients[.bias]))
        if index == architecture.sheetIndex {
          operations += try objective.operations(
            on: own[.weight], gradient: ownGradients[.weight], sheet: architecture.sheet,
            features: input.shape[1], value: tensors.penalty, device: device
          ) { $0.kind == .weightSimilarity }
        }
        guard !isFirst else { break }
        let target = try gradientOf(input)
        operations.append(
          try device.linearBackwardData(
            outputGradient: gradient, weight: own[.weight], inputGradient: target))
        gradient = target
      case .dropout(let rate):
        dropouts -= 1
        operations.append(
          try device.dropout(
            rate: rate, stream: dropouts, seeds: tensors.seeds, clock: clock, input: gradient,
            output: gradient))
      }
    }
  }
}
