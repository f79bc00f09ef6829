import Testing
import TopoCompute
import TopoFoundation

/// One member on more threads than a batch has slices: convolutions divide the work further.
@Suite("Large teams", .serialized) struct LargeTeamTests {
  private func values(_ count: Int, _ stream: UInt32) -> [Float] {
    let source = Philox(seed: 0, purpose: .test, stream: stream)
    return (0..<count).map { Philox.uniform(source.words(at: UInt64($0)).x) - 0.5 }
  }

  /// Output, gradient of the input, and gradients of weight and bias; activations lie in blocks if
  /// their channels do.
  private func results(_ channels: Int, _ device: CPUDevice) throws -> [[Float]] {
    let (batch, outputs, side) = (22, 160, 5)
    let window = Window(3, stride: 1, padding: 1)
    func activation(_ channels: Int, _ stream: UInt32?) throws -> Tensor {
      let shape = [batch, channels, side, side]
      let tensor = try device.makeActivation(
        members: 1, shape: shape, elementType: .float32, lifetime: .persistent)
      let numbers = stream.map { values(tensor.count, $0) }
      try device.write(numbers ?? [Float](repeating: .nan, count: tensor.count), to: tensor)
      return tensor
    }
    func parameters(_ shape: [Int], _ stream: UInt32) throws -> Tensor {
      try device.makeTensor(
        members: 1, shape: shape, values: values(shape.reduce(1, *), stream))
    }
    let (x, y) = (try activation(channels, 1), try activation(outputs, nil))
    let (dx, dy) = (try activation(channels, nil), try activation(outputs, 2))
    let weight = try parameters([outputs, channels, 3, 3], 3)
    let bias = try parameters([outputs], 4)
    let weightGradient = try parameters([outputs, channels, 3, 3], 5)
    let biasGradient = try parameters([outputs], 6)
    var operations = [
      try device.convolution(window, input: x, weight: weight, bias: bias, output: y),
      try device.convolutionBackwardWeight(
        window, input: x, outputGradient: dy, weightGradient: weightGradient,
        biasGradient: biasGradient),
    ]
    if channels % 8 == 0 {
      operations.append(
        try device.convolutionBackwardData(
          window, outputGradient: dy, weight: weight, inputGradient: dx))
    }
    try device.run(operations)
    return try [y, dx, weightGradient, biasGradient].map { try device.read($0, as: Float.self) }
  }

  /// 9 threads: a slice of images each, and the channels of a gradient in two parts; 21 threads:
  /// five parts of one group of channels each.
  @Test(
    "have the bits of one thread", arguments: [3, 32],
    CPUInstructions.available.filter { $0 != .portable })
  func bits(channels: Int, instructions: CPUInstructions) throws {
    let alone = try results(channels, try CPUDevice(threads: 1, instructions: instructions))
    #expect(alone[0].allSatisfy(\.isFinite) && Set(alone[2]).count > alone[2].count / 2)
    for threads in [3, 9, 21] {
      let device = try CPUDevice(threads: threads, instructions: instructions)
      let found = try results(channels, device)
      for (index, (one, many)) in zip(alone, found).enumerated() {
        let same = one.map(\.bitPattern) == many.map(\.bitPattern)
        #expect(same, "\(threads) threads, result \(index)")
      }
    }
  }
}
