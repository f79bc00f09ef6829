import TopoCompute
import TopoData
import TopoNetworks

/// Loss and accuracy of every member on its own validation images.
struct Validation: Sendable {
  /// What came of one member.
  struct Result: Sendable {
    let crossEntropy: Double
    let accuracy: Double
  }

  private let operations: [any Operation]
  private let batches: Int
  private let order: Tensor
  private let clock: Tensor
  private let score: Tensor

  /// Prepares validation on `count` images of each member; nil where there are none.
  init?(
    parameters: ParameterArena, images: Tensor, labels: Tensor, count: Int, batch: Int,
    normalization: Normalization, device: any Device
  ) throws {
    guard count > 0 else { return nil }
    let (members, shape) = (parameters.members, parameters.architecture.input)
    let batch = min(batch, count)
    batches = (count + batch - 1) / batch
    order = try device.makeTensor(
      members: members, shape: [count], elementType: .int32, lifetime: .persistent)
    clock = try device.makeTensor(
      members: members, shape: [2], elementType: .uint32, lifetime: .persistent)
    score = try device.makeTensor(members: members, shape: [3])
    let input = try device.makeActivation(
      members: members, shape: [batch, shape.channels, shape.rows, shape.columns],
      elementType: .float32, lifetime: .step)
    let targets = try device.makeTensor(
      members: members, shape: [batch], elementType: .int32, lifetime: .step)
    let program = try InferenceProgram(parameters: parameters, input: input, device: device)
    var operations: [any Operation] = [
      try device.gather(
        images: images, labels: labels, order: order, clock: clock, mean: normalization.mean,
        deviation: normalization.deviation, input: input, targets: targets)
    ]
    operations += program.operations
    operations.append(
      try device.softmaxCrossEntropy(
        logits: program.logits, targets: targets, score: score, gradient: nil))
    operations.append(try device.advance(clock: clock))
    self.operations = operations
  }

  /// Says which images each member is validated on.
  func present(_ indices: [[Int32]], device: any Device) throws {
    try device.write(indices.flatMap { $0 }, to: order)
  }

  func run(device: any Device) throws -> [Result] {
    try device.write([UInt32](repeating: 0, count: clock.members * 2), to: clock)
    try device.write([Float](repeating: 0, count: score.members * 3), to: score)
    for _ in 0..<batches { try device.run(operations) }
    let values = try device.read(score, as: Float.self)
    return (0..<score.members).map { member in
      let images = Double(max(values[member * 3 + 2], 1))
      return Result(
        crossEntropy: Double(values[member * 3]) / images,
        accuracy: Double(values[member * 3 + 1]) / images)
    }
  }
}
