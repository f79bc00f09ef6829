import TopoCompute
import TopoData
import TopoFoundation
import TopoNetworks
import TopoSheets
import TopoTraining

/// Small populations on made-up images, so that tests need no data and little time.
enum Synthetic {
  /// Images of ten classes: a bright bar whose place says the class, in noise.
  static func images(_ count: Int, shape: ImageShape, seed: UInt64 = 1) -> ImageSet {
    var numbers = RandomSequence(Philox(seed: seed, purpose: .order, stream: 77))
    var images = [UInt8](repeating: 0, count: count * shape.count)
    var labels = [Int32](repeating: 0, count: count)
    for image in 0..<count {
      let label = Int(numbers.permutation(10)[0])
      labels[image] = Int32(label)
      let noise = numbers.permutation(shape.count)
      for place in 0..<shape.count {
        let row = place / shape.columns % shape.rows
        let isBar = row == label % shape.rows
        images[image * shape.count + place] = UInt8(Int(noise[place]) % 90 + (isBar ? 150 : 0))
      }
    }
    return ImageSet(images: images, labels: labels, shape: shape, classes: 10)
  }

  static let gray = ImageShape(channels: 1, rows: 12, columns: 12)
  static let color = ImageShape(channels: 3, rows: 8, columns: 8)

  /// The paper's two networks on smaller images: plain, and with batch normalization.
  static func networks() throws -> [Architecture] {
    let sheet = Sheet(rows: 4, columns: 5)
    return [
      try .mnist(input: gray, sheet: sheet), try .cifar10(input: color, sheet: sheet),
    ]
  }

  /// A population with every kind of term, and a second seed.
  static let population = [
    Member(condition: .control, seed: 3),
    Member(condition: .weightSimilarity(lambda: 1), seed: 3),
    Member(condition: .activationSimilarity(.correlation, lambda: 0.3), seed: 3),
    Member(condition: .activationSimilarity(.cosine, lambda: 0.5, view: .postReLU), seed: 3),
    Member(condition: .weightSimilarity(lambda: 0.2), seed: 11),
  ]

  /// 50 images of which 40 are trained on, in batches of 16: two full ones and a short one.
  static func configuration(
    _ architecture: Architecture, epochs: Int = 2, batch: Int = 16,
    rule: OptimizerRule = .adam(), learningRate: Float = 1e-2, trainingFraction: Double = 0.8
  ) -> TrainingConfiguration {
    TrainingConfiguration(
      architecture: architecture, dataset: "synthetic", batch: batch, epochs: epochs, rule: rule,
      learningRate: learningRate, trainingFraction: trainingFraction)
  }

  static func trainer(
    _ configuration: TrainingConfiguration, _ members: [Member], device: any Device,
    images: Int = 50
  ) throws -> Trainer {
    let set = Synthetic.images(images, shape: configuration.architecture.input)
    return try Trainer(
      configuration: configuration, members: members, training: set,
      normalization: Normalization(of: set), device: device)
  }
}

/// What came of a member: compared bit for bit.
struct Outcome: Equatable {
  var member: Member
  var parameters: [[UInt32]]
  var optimizer: [[[UInt32]]]
  var reports: [EpochReport]

  init(_ member: Member, _ checkpoint: MemberCheckpoint, _ reports: [EpochReport]) {
    self.member = member
    parameters = checkpoint.network.tensors.map { $0.map(\.bitPattern) }
    optimizer = checkpoint.optimizer.map { $0.map { $0.map(\.bitPattern) } }
    self.reports = reports
  }
}

extension Trainer {
  /// Trains to the last epoch.
  func outcomes() throws -> [Outcome] {
    var reports = [[EpochReport]](repeating: [], count: members.count)
    while epoch < configuration.epochs {
      for (index, report) in try trainEpoch() { reports[index].append(report) }
    }
    return zip(members, zip(try checkpoints(), reports)).map { Outcome($0, $1.0, $1.1) }
  }
}
