import TopoCompute
import TopoFoundation

extension Verification {
  /// Operations that hand results on in memory of `TensorLifetime.step`, which members may share
  /// in turn: a device that shares wrongly mixes the members up.
  static func sequenceCases() -> [OperationCase] {
    [
      layers(channels: 3, extent: 4, members: 2, size: .small),
      layers(channels: 33, extent: 7, members: 5, size: .full),
      sheet(units: 6, batch: 3, members: 2, size: .small),
      sheet(units: 121, batch: 64, members: 5, size: .full),
    ]
  }

  /// Convolution, ReLU in place, convolution, global average pooling, and back.
  private static func layers(
    channels: Int, extent: Int, members: Int, size: OperationCase.Size
  ) -> OperationCase {
    let window = Window(3, padding: 1)
    let image = [3, 2, extent, extent]
    let hidden = [3, channels, extent, extent]
    return OperationCase(
      .sequence, "2 -> \(channels) -> \(channels.counted("channel")), there and back", size: size,
      members: members, tolerance: .sum(of: 9 * channels * 4),
      arguments: [
        .input("image", image, .activation),
        .input("weight1", [channels, 2, 3, 3]), .input("bias1", [channels]),
        .input("weight2", [channels, channels, 3, 3]), .input("bias2", [channels]),
        .input("gradient", [3, channels]),
        .step("hidden1", hidden, .activation), .step("hidden2", hidden, .activation),
        .step("gradient2", hidden, .activation), .step("gradient1", hidden, .activation),
        .output("features", [3, channels]),
        .output("weightGradient2", [channels, channels, 3, 3]),
        .output("biasGradient2", [channels]),
        .output("weightGradient1", [channels, 2, 3, 3]), .output("biasGradient1", [channels]),
        .output("imageGradient", image, .activation),
      ]
    ) { device, tensors in
      [
        try device.convolution(
          window, input: tensors["image"], weight: tensors["weight1"], bias: tensors["bias1"],
          output: tensors["hidden1"]),
        try device.relu(input: tensors["hidden1"], output: tensors["hidden1"]),
        try device.convolution(
          window, input: tensors["hidden1"], weight: tensors["weight2"], bias: tensors["bias2"],
          output: tensors["hidden2"]),
        try device.globalAveragePooling(input: tensors["hidden2"], output: tensors["features"]),
        try device.globalAveragePoolingBackward(
          outputGradient: tensors["gradient"], inputGradient: tensors["gradient2"]),
        try device.convolutionBackwardWeight(
          window, input: tensors["hidden1"], outputGradient: tensors["gradient2"],
          weightGradient: tensors["weightGradient2"], biasGradient: tensors["biasGradient2"]),
        try device.convolutionBackwardData(
          window, outputGradient: tensors["gradient2"], weight: tensors["weight2"],
          inputGradient: tensors["gradient1"]),
        try device.reluBackward(
          output: tensors["hidden1"], outputGradient: tensors["gradient1"],
          inputGradient: tensors["gradient1"]),
        try device.convolutionBackwardWeight(
          window, input: tensors["image"], outputGradient: tensors["gradient1"],
          weightGradient: tensors["weightGradient1"], biasGradient: tensors["biasGradient1"]),
        try device.convolutionBackwardData(
          window, outputGradient: tensors["gradient1"], weight: tensors["weight1"],
          inputGradient: tensors["imageGradient"]),
      ]
    }
  }

  /// The sheet: linear, dropout, and what flows back; then a step of the optimizer.
  private static func sheet(
    units: Int, batch: Int, members: Int, size: OperationCase.Size
  ) -> OperationCase {
    let inputs = 5
    return OperationCase(
      .sequence,
      "sheet of \(units.counted("unit")) with dropout, batch \(batch), one step", size: size,
      members: members, tolerance: .sum(of: units + batch),
      arguments: [
        .input("input", [batch, inputs]),
        .updated("weight", [units, inputs]), .input("bias", [units]),
        .input("seeds", [2], of: UInt32.self) { [UInt32($0), 9] },
        .updated("clock", [2], of: UInt32.self) { [UInt32($0), 4] },
        .input("rates", [1]) { [0.1 * Float($0 + 1)] },
        .updated("state", [1, units * inputs]),
        .step("sheet", [batch, units], .dense), .step("dropped", [batch, units], .dense),
        .step("weightGradient", [units, inputs], .dense),
        .output("biasGradient", [units]), .output("inputGradient", [batch, inputs]),
      ]
    ) { device, tensors in
      let parameters = tensors["weight"].view(at: 0, shape: [units * inputs])
      let gradients = tensors["weightGradient"].view(at: 0, shape: [units * inputs])
      return [
        try device.linear(
          input: tensors["input"], weight: tensors["weight"], bias: tensors["bias"],
          output: tensors["sheet"]),
        try device.dropout(
          rate: 0.5, stream: 1, seeds: tensors["seeds"], clock: tensors["clock"],
          input: tensors["sheet"], output: tensors["dropped"]),
        try device.linearBackwardWeight(
          input: tensors["input"], outputGradient: tensors["dropped"],
          weightGradient: tensors["weightGradient"], biasGradient: tensors["biasGradient"]),
        try device.linearBackwardData(
          outputGradient: tensors["dropped"], weight: tensors["weight"],
          inputGradient: tensors["inputGradient"]),
        try device.update(
          .sgd(momentum: 0.9), parameters: parameters, gradients: gradients,
          state: tensors["state"], rates: tensors["rates"], clock: tensors["clock"]),
        try device.advance(clock: tensors["clock"]),
      ]
    }
  }
}
