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

  /// Validation was interrupted; nothing came of it.
  struct Interrupted: Error {}

  private let inference: BatchedInference
  private let order: Tensor
  private let score: Tensor
  private let architecture: Architecture

  /// Batches whose sheets are checked in every run. A network whose units differ there, and whose
  /// accuracy is above chance, is not dead. If one of the others may be, all batches are evaluated
  /// once more and checked.
  private static let checked = 2

  /// Prepares validation on `count` images of each member; nil if there are none.
  init?(
    parameters: ParameterArena, images: Tensor, labels: Tensor, count: Int, batch: Int,
    normalization: Normalization, device: any Device
  ) throws {
    guard count > 0 else { return nil }
    let members = parameters.members
    let order = try device.makeTensor(
      members: members, shape: [count], elementType: .int32, lifetime: .persistent)
    let score = try device.makeTensor(members: members, shape: [3])
    inference = try BatchedInference(
      parameters, images: images, labels: labels, order: order, batch: batch,
      normalization: normalization, device: device
    ) { logits, targets in
      [
        try device.softmaxCrossEntropy(
          logits: logits, targets: targets, score: score, gradient: nil)
      ]
    }
    (self.order, self.score) = (order, score)
    architecture = parameters.architecture
  }

  /// Writes the indices of the images that each member is validated on.
  func present(_ indices: [[Int32]], device: any Device) throws {
    try device.write(indices.flatMap { $0 }, to: order)
  }

  /// Validates every member.
  /// - Parameters:
  ///   - chanceBounds: by member, the accuracy of chance; nil if there are too few images.
  ///   - isInterrupted: called after each batch.
  /// - Throws: `DeviceError`; `Interrupted` if `isInterrupted` returned true.
  func run(
    chanceBounds: [Double?], device: any Device, until isInterrupted: () -> Bool
  ) throws -> [Result] {
    try device.write([Float](repeating: 0, count: score.members * 3), to: score)
    let first = try evaluate(
      checking: min(inference.batches, Self.checked), device: device, until: isInterrupted)
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
    var states = judge(first)
    if inference.batches > Self.checked, states.contains(where: \.isDead) {
      states = judge(
        try evaluate(checking: inference.batches, device: device, until: isInterrupted))
    }
    return (0..<score.members).map { member in
      let images = Double(max(values[member * 3 + 2], 1))
      return Result(
        crossEntropy: Double(values[member * 3]) / images, accuracy: accuracies[member],
        state: states[member])
    }
  }

  /// Evaluates every member on its images, and checks its sheet in the first batches.
  private func evaluate(
    checking checked: Int, device: any Device, until isInterrupted: () -> Bool
  ) throws -> [SheetActivity] {
    var activities = Array(repeating: SheetActivity(architecture), count: score.members)
    let sheet = inference.sheet
    let size = sheet.shape[0] * sheet.shape[1]
    try inference.run(on: device) { batch, images in
      if isInterrupted() { throw Interrupted() }
      guard batch < checked else { return }
      let maps = try device.read(sheet, as: Float.self)
      for member in activities.indices {
        activities[member].add(maps[member * size..<member * size + images * sheet.shape[1]])
      }
    }
    return activities
  }
}
