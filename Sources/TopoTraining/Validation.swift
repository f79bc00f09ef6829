import TopoCompute
import TopoData
import TopoNetworks

/// Loss and accuracy of every member on its own validation images.
struct Validation: Sendable {
  /// The results of one member.
  struct Result: Sendable {
    let crossEntropy: Double
    let accuracy: Double
    let state: NetworkState
  }

  private let operations: [any Operation]
  private let batches: Int
  private let order: Tensor
  private let clock: Tensor
  private let score: Tensor
  /// Before ReLU, dense `[batch, unit]`.
  private let sheet: Tensor
  private let count: Int
  private let architecture: Architecture

  /// Batches whose sheets are checked in every run. A network whose units differ there, and whose
  /// accuracy is above chance, is not dead. If one of the others may be, all batches are evaluated
  /// once more and checked.
  private static let probe = 2

  /// Prepares validation on `count` images of each member; nil if there are none.
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
    let pass = try ForwardPass(parameters, input: input, device: device)
    var operations: [any Operation] = [
      try device.gather(
        images: images, labels: labels, order: order, clock: clock, mean: normalization.mean,
        standardDeviation: normalization.standardDeviation, input: input, targets: targets)
    ]
    operations += pass.operations
    operations.append(
      try device.softmaxCrossEntropy(
        logits: pass.output, targets: targets, score: score, gradient: nil))
    operations.append(try device.advance(clock: clock))
    self.operations = operations
    sheet = pass.sheet
    self.count = count
    architecture = parameters.architecture
  }

  /// Writes the indices of the images that each member is validated on.
  func present(_ indices: [[Int32]], device: any Device) throws {
    try device.write(indices.flatMap { $0 }, to: order)
  }

  /// Validates every member.
  /// - Parameter chanceBounds: by member, the accuracy of chance; nil if there are too few images.
  /// - Throws: `DeviceError`.
  func run(chanceBounds: [Double?], device: any Device) throws -> [Result] {
    try device.write([Float](repeating: 0, count: score.members * 3), to: score)
    let probed = try evaluate(checking: min(batches, Self.probe), device: device)
    let values = try device.read(score, as: Float.self)
    let accuracies = (0..<score.members).map { member in
      Double(values[member * 3 + 1]) / Double(max(values[member * 3 + 2], 1))
    }
    func judge(_ activities: [SheetActivity]) -> [NetworkState] {
      activities.enumerated().map { member, activity in
        NetworkState(
          activity: activity.summary, accuracy: accuracies[member], bound: chanceBounds[member])
      }
    }
    var states = judge(probed)
    if batches > Self.probe, states.contains(where: \.isDead) {
      states = judge(try evaluate(checking: batches, device: device))
    }
    return (0..<score.members).map { member in
      let images = Double(max(values[member * 3 + 2], 1))
      return Result(
        crossEntropy: Double(values[member * 3]) / images, accuracy: accuracies[member],
        state: states[member])
    }
  }

  /// Evaluates every member on its images, and checks its sheet in the first batches.
  private func evaluate(checking checked: Int, device: any Device) throws -> [SheetActivity] {
    try device.write([UInt32](repeating: 0, count: clock.members * 2), to: clock)
    var activities = Array(repeating: SheetActivity(architecture), count: score.members)
    let size = sheet.shape[0] * sheet.shape[1]
    for batch in 0..<batches {
      try device.run(operations)
      guard batch < checked else { continue }
      let images = min(sheet.shape[0], count - batch * sheet.shape[0])
      let maps = try device.read(sheet, as: Float.self)
      for member in activities.indices {
        activities[member].add(maps[member * size..<member * size + images * sheet.shape[1]])
      }
    }
    return activities
  }
}
