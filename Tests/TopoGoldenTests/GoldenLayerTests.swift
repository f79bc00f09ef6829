import Testing
import TopoCompute

/// Layers, forward and backward, as PyTorch computes them in double precision.
///
/// Tolerances are relative to the largest value of a tensor. Sums of a few hundred float32
/// products in any order stay within 3e-6; the loss and what is pointwise within 1e-6.
@Suite("Layers against PyTorch's") struct GoldenLayerTests {
  private static let file = Result { try GoldenFile("layers") }

  private func run(
    _ family: String, count: Int, on device: GoldenDevice, body: (GoldenCase) throws -> Void
  ) throws {
    let file = try Self.file.get()
    let cases = file.cases(of: family)
    #expect(cases.count == count)
    for name in cases { try GoldenCase.run(file, name, on: device, body: body) }
  }

  @Test("convolution", arguments: GoldenDevice.all(forcing: "convolution-backward-data"))
  func convolution(device: GoldenDevice) throws {
    let isRotated = ["rotated", "implicit-gemm"].contains {
      device.forced == "convolution-backward-data/\($0)"
    }
    try run("convolution", count: 8, on: device) { golden in
      let (device, window) = (golden.device, try golden.window())
      // Rotating the kernels is for dense windows only.
      let hasDataGradient = !isRotated || window.stride == .init(1)
      let (input, weight) = (try golden.activation("input"), try golden.dense("weight"))
      let gradient = try golden.activation("outputGradient")
      let output = try golden.activationResult("output")
      let inputGradient = try golden.activationResult("inputGradient")
      let weightGradient = try golden.denseResult("weightGradient")
      let biasGradient = try golden.denseResult("biasGradient")
      try device.run([
        device.convolution(
          window, input: input, weight: weight, bias: golden.dense("bias"), output: output),
        device.convolutionBackwardWeight(
          window, input: input, outputGradient: gradient, weightGradient: weightGradient,
          biasGradient: biasGradient),
      ])
      try golden.expect(output, is: "output", within: 3e-6)
      try golden.expect(weightGradient, is: "weightGradient", within: 3e-6)
      try golden.expect(biasGradient, is: "biasGradient", within: 3e-6)
      if hasDataGradient {
        try device.run([
          device.convolutionBackwardData(
            window, outputGradient: gradient, weight: weight, inputGradient: inputGradient)
        ])
        try golden.expect(inputGradient, is: "inputGradient", within: 3e-6)
      }
    }
  }

  @Test("max pooling", arguments: GoldenDevice.all) func maxPooling(device: GoldenDevice) throws {
    try run("maxPooling", count: 2, on: device) { golden in
      let (device, window) = (golden.device, try golden.window())
      let output = try golden.activationResult("output")
      let indices = try device.makeActivation(
        members: output.members, shape: output.shape, elementType: .uint8, lifetime: .persistent)
      let inputGradient = try golden.activationResult("inputGradient")
      try device.run([
        device.maxPooling(
          window, input: golden.activation("input"), output: output, argmax: indices),
        device.maxPoolingBackward(
          window, outputGradient: golden.activation("outputGradient"), argmax: indices,
          inputGradient: inputGradient),
      ])
      try golden.expect(output, is: "output", within: 0)
      try golden.expect(inputGradient, is: "inputGradient", within: 1e-6)
    }
  }

  @Test("global average pooling", arguments: GoldenDevice.all) func globalAveragePooling(
    device: GoldenDevice
  ) throws {
    try run("globalAveragePooling", count: 2, on: device) { golden in
      let device = golden.device
      let output = try golden.denseResult("output")
      let inputGradient = try golden.activationResult("inputGradient")
      try device.run([
        device.globalAveragePooling(input: golden.activation("input"), output: output),
        device.globalAveragePoolingBackward(
          outputGradient: golden.dense("outputGradient"), inputGradient: inputGradient),
      ])
      try golden.expect(output, is: "output", within: 1e-6)
      try golden.expect(inputGradient, is: "inputGradient", within: 1e-6)
    }
  }

  /// The inputs of one case lie 20 standard deviations and more from zero, which costs float32
  /// digits of the input itself but must not cost more in the variance.
  @Test("batch normalization", arguments: GoldenDevice.all) func batchNormalization(
    device: GoldenDevice
  ) throws {
    try run("batchNormalization", count: 2, on: device) { golden in
      let device = golden.device
      let (momentum, epsilon): (Float, Float) = (0.1, 1e-5)
      let input = try golden.activation("input")
      let (scale, shift) = (try golden.dense("scale"), try golden.dense("shift"))
      let runningMean = try golden.dense("runningMean")
      let runningVariance = try golden.dense("runningVariance")
      let inference = try golden.activationResult("inference")
      let output = try golden.activationResult("output")
      let mean = try golden.denseResult("mean")
      let inverseStandardDeviation = try golden.denseResult("inverseDeviation")
      let inputGradient = try golden.activationResult("inputGradient")
      let scaleGradient = try golden.denseResult("scaleGradient")
      let shiftGradient = try golden.denseResult("shiftGradient")
      try device.run([
        device.batchNormalizationInference(
          input: input, gamma: scale, beta: shift, runningMean: runningMean,
          runningVariance: runningVariance, epsilon: epsilon, output: inference),
        device.batchNormalization(
          input: input, gamma: scale, beta: shift, runningMean: runningMean,
          runningVariance: runningVariance, momentum: momentum, epsilon: epsilon, mean: mean,
          inverseStandardDeviation: inverseStandardDeviation, output: output),
        device.batchNormalizationBackward(
          input: input, outputGradient: golden.activation("outputGradient"), gamma: scale,
          mean: mean, inverseStandardDeviation: inverseStandardDeviation,
          inputGradient: inputGradient,
          gammaGradient: scaleGradient, betaGradient: shiftGradient),
      ])
      try golden.expect(inference, is: "inference", within: 5e-6)
      try golden.expect(output, is: "output", within: 5e-6)
      try golden.expect(runningMean, is: "updatedMean", within: 1e-6)
      try golden.expect(runningVariance, is: "updatedVariance", within: 3e-6)
      try golden.expect(mean, is: "mean", within: 1e-6)
      try golden.expect(inverseStandardDeviation, is: "inverseDeviation", within: 3e-6)
      try golden.expect(inputGradient, is: "inputGradient", within: 1e-5)
      try golden.expect(scaleGradient, is: "scaleGradient", within: 1e-5)
      try golden.expect(shiftGradient, is: "shiftGradient", within: 3e-6)
    }
  }

  @Test("linear", arguments: GoldenDevice.all(forcing: "linear"))
  func linear(device: GoldenDevice) throws {
    try run("linear", count: 4, on: device) { golden in
      let device = golden.device
      let (input, weight) = (try golden.dense("input"), try golden.dense("weight"))
      let gradient = try golden.dense("outputGradient")
      let output = try golden.denseResult("output")
      let inputGradient = try golden.denseResult("inputGradient")
      let weightGradient = try golden.denseResult("weightGradient")
      let biasGradient = try golden.denseResult("biasGradient")
      try device.run([
        device.linear(
          input: input, weight: weight, bias: golden.dense("bias"), output: output),
        device.linearBackwardData(
          outputGradient: gradient, weight: weight, inputGradient: inputGradient),
        device.linearBackwardWeight(
          input: input, outputGradient: gradient, weightGradient: weightGradient,
          biasGradient: biasGradient),
      ])
      try golden.expect(output, is: "output", within: 3e-6)
      try golden.expect(inputGradient, is: "inputGradient", within: 3e-6)
      try golden.expect(weightGradient, is: "weightGradient", within: 3e-6)
      try golden.expect(biasGradient, is: "biasGradient", within: 3e-6)
    }
  }

  @Test("ReLU", arguments: GoldenDevice.all) func relu(device: GoldenDevice) throws {
    try run("relu", count: 1, on: device) { golden in
      let device = golden.device
      let output = try golden.denseResult("output")
      let inputGradient = try golden.denseResult("inputGradient")
      try device.run([
        device.relu(input: golden.dense("input"), output: output),
        device.reluBackward(
          output: output, outputGradient: golden.dense("outputGradient"),
          inputGradient: inputGradient),
      ])
      try golden.expect(output, is: "output", within: 0)
      try golden.expect(inputGradient, is: "inputGradient", within: 0)
    }
  }

  @Test("softmax cross-entropy", arguments: GoldenDevice.all) func softmaxCrossEntropy(
    device: GoldenDevice
  ) throws {
    try run("softmaxCrossEntropy", count: 2, on: device) { golden in
      let device = golden.device
      let labels = try golden.golden("targets")
      let targets = try device.makeTensor(
        members: golden.members.count, shape: labels.shape,
        values: labels.elements.map { Int32($0) })
      let score = try golden.constant([Float](repeating: 0, count: 3))
      let gradient = try golden.denseResult("gradient")
      try device.run([
        device.softmaxCrossEntropy(
          logits: golden.dense("logits"), targets: targets, score: score, gradient: gradient)
      ])
      try golden.expect(score, is: "score", within: 1e-6)
      try golden.expect(gradient, is: "gradient", within: 1e-6)
    }
  }
}
