import TopoNetworks
import TopoVerification

extension Architecture {
  /// The operations of a training step and of inference as test cases, each kind and size once.
  /// - Parameter batch: images per member.
  public func operationCases(batch: Int, members: Int) -> [OperationCase] {
    var cases = OperationCase.gather(
      batch: batch, image: [input.channels, input.rows, input.columns], members: members)
    for (index, layer) in layers.enumerated() {
      let reads = [batch] + inputShape(ofLayer: index)
      let writes = [batch] + outputShapes[index]
      switch layer {
      case .convolution(_, let outputs, let window):
        let all = OperationCase.convolution(
          window, input: reads, outputs: outputs, members: members)
        // Training does not compute the gradient of the images.
        cases += index == 0 ? all.filter { $0.operation != .convolutionBackwardData } : all
      case .batchNormalization:
        // Training fuses it with the ReLU and pooling that follow; inference does not.
        if isPooled(normalization: index) {
          cases += OperationCase.batchNormalizationPooled(shape: writes, members: members)
        }
        cases += OperationCase.batchNormalization(shape: writes, members: members)
      case .relu: cases += OperationCase.relu(shape: writes, members: members)
      case .maxPooling(let window):
        cases += OperationCase.maxPooling(window, input: reads, members: members)
      case .globalAveragePooling:
        cases += OperationCase.globalAveragePooling(input: reads, members: members)
      case .sheet(_, let sheet):
        cases += OperationCase.linear(
          batch: batch, inputs: reads[1], outputs: sheet.units, members: members)
        cases += OperationCase.penalties(
          rows: sheet.rows, columns: sheet.columns, inputs: reads[1], batch: batch,
          members: members)
      case .linear(_, let outputs):
        cases += OperationCase.linear(
          batch: batch, inputs: reads[1], outputs: outputs, members: members)
      case .dropout(let rate):
        cases += OperationCase.dropout(rate: rate, shape: writes, members: members)
      }
    }
    cases += OperationCase.softmaxCrossEntropy(batch: batch, classes: classes, members: members)
    cases += OperationCase.adam(parameters: trainableCount, members: members)
    return cases
  }
}
