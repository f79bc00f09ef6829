import TopoCompute

/// The operations of consecutive layers for every member, with dropout off and batch normalisation
/// by running statistics: a whole network, or the part before or after one of its layers.
public struct InferenceSegment: Sendable {
  /// What lasts after a run, to be read or used by another segment.
  public enum Lasting: Sendable, Hashable {
    /// The sheet, if it is among the layers, and what the last layer writes if that is flat.
    case answers
    /// Everything flat: what comes after the global average pool.
    case features
    /// Everything.
    case everything
  }

  /// To be run after the input is in place.
  public let operations: [any Operation]
  /// What the last layer writes.
  public let output: Tensor
  /// The sheet before ReLU, dense `[batch, unit]`, if it is among the layers.
  public let sheet: Tensor?
  /// What each layer of the architecture reads and writes, for the way back; `input` for layers
  /// that are not in the segment.
  let layers: [LayerTensors]

  /// The tensors of one layer; a dropout layer, which does nothing here, writes what it reads.
  struct LayerTensors {
    var input: Tensor
    var output: Tensor
    /// Places of the largest values, of a pooling layer.
    var indices: Tensor?
  }

  /// Prepares some layers.
  /// - Parameters:
  ///   - layers: indices of the layers; the first has parameters, or is the network's first.
  ///   - tensors: parameters in the order of `architecture.parameters`, of `members` members each;
  ///     those of other layers may be missing.
  ///   - input: what the first layer reads, per member or, where its operation allows it, shared.
  /// - Throws: `DeviceError`.
  public init(
    _ architecture: Architecture, layers range: Range<Int>, tensors: [Tensor?], members: Int,
    input: Tensor, lasting: Lasting = .answers, device: any Device
  ) throws {
    let batch = input.shape[0]
    var operations: [any Operation] = []
    var (current, sheet) = (input, Optional<Tensor>.none)
    var layers = Array(
      repeating: LayerTensors(input: input, output: input), count: architecture.layers.count)
    // The layer that was computed before.
    var previous: Layer?

    func flat(_ features: Int, lasts: Bool = false) throws -> Tensor {
      try device.makeTensor(
        members: members, shape: [batch, features], elementType: .float32,
        lifetime: lasts || lasting != .answers ? .persistent : .step)
    }
    func spatial(_ shape: [Int], _ type: ElementType = .float32) throws -> Tensor {
      try device.makeActivation(
        members: members, shape: [batch] + shape, elementType: type,
        lifetime: lasting == .everything ? .persistent : .step)
    }

    for index in architecture.executionOrder where range.contains(index) {
      let own = LayerParameters(architecture, layer: index, tensors: tensors)
      let shape = architecture.outputShapes[index]
      let isLast = index == range.upperBound - 1
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
            input: current, gamma: own[.scale], beta: own[.shift],
            runningMean: own[.runningMean], runningVariance: own[.runningVariance],
            epsilon: epsilon, output: output))
        current = output
      case .relu:
        let keepsInput = operations.isEmpty || index - 1 == architecture.sheetIndex
        let own = Array(current.shape.dropFirst())
        let output = keepsInput ? (own.count == 3 ? try spatial(own) : try flat(own[0])) : current
        operations.append(try device.relu(input: current, output: output))
        current = output
      case .maxPooling(let window):
        let output = try spatial(shape)
        let indices = try spatial(shape, .uint8)
        used.indices = indices
        operations.append(
          try device.maxPooling(window, input: current, output: output, argmax: indices))
        current = output
      case .globalAveragePooling:
        let output = try flat(shape[0])
        operations.append(try device.globalAveragePooling(input: current, output: output))
        current = output
      case .sheet, .linear:
        let isSheet = index == architecture.sheetIndex
        let output = try flat(shape[0], lasts: isSheet || isLast)
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
    self.sheet = sheet
    output = current
    self.layers = layers
  }

  /// What a layer of the segment reads: to be read after a run where it lasts.
  public func input(ofLayer index: Int) -> Tensor { layers[index].input }
}
