import Foundation
import TopoCompute
import TopoData
import TopoNetworks

/// Trains a population in lockstep: control, WS and AS members of many seeds side by side.
///
/// A member's result depends on its condition, its seed, the configuration and the images alone:
/// not on the other members.
///
///     let trainer = try Trainer(
///       configuration: TrainingConfiguration(
///         architecture: try .mnist(), dataset: "mnist", epochs: 10),
///       members: (0..<3).map { Member(condition: .weightSimilarity(lambda: 1), seed: $0) },
///       training: dataset.training, normalization: dataset.normalization,
///       device: try CPUDevice())
///     while trainer.epoch < trainer.configuration.epochs {
///       for report in try trainer.trainEpoch().values {
///         print(report.member.path, report.validationAccuracy ?? 0)
///       }
///     }
///     for (member, network) in zip(trainer.members, try trainer.networks()) {
///       try network.save(to: folder.appending(path: "seed-\(member.seed).safetensors"))
///     }
public final class Trainer {
  /// The settings that all members share.
  public let configuration: TrainingConfiguration
  /// The networks in training.
  public let members: [Member]
  /// Epochs done.
  public internal(set) var epoch = 0
  /// Steps done of the next epoch: above 0 only after an interruption within it.
  public internal(set) var step = 0
  /// Members that left training in an epoch that is done, by index.
  public internal(set) var stopped: [Int: StoppedMember] = [:]

  let device: any Device
  let prepared: PreparedPopulation
  let splits: [TrainingSplit]
  /// By member: the validation accuracy of chance; nil if there are too few images.
  let chanceBounds: [Double?]

  var tensors: PopulationTensors { prepared.tensors }
  var fullBatches: Int { prepared.fullBatches }
  /// Steps of an epoch: the last batch may be a short one.
  public var stepsPerEpoch: Int { fullBatches + (prepared.tail == nil ? 0 : 1) }
  /// Images of an epoch, per member.
  public var imagesPerEpoch: Int { splits.first?.training.count ?? 0 }

  /// Prepares a population with initial values from the members' seeds. `memoryUse` gives the
  /// memory that this takes.
  /// - Parameters:
  ///   - training: the images of the training files; each member splits them by its seed.
  ///   - probe: images of the same shape, to which `probedSheets` are the responses; nil for none.
  ///   - normalization: of the images.
  /// - Throws: `UserError`, or `DeviceError` if there is
  ///   not enough memory.
  public init(
    configuration: TrainingConfiguration, members: [Member], training: ImageSet,
    probe: ImageSet? = nil, normalization: Normalization, device: any Device
  ) throws {
    precondition(probe.map { $0.shape == training.shape } ?? true, "images are of one shape")
    try Self.check(members, configuration, training)
    self.configuration = configuration
    self.members = members
    self.device = device
    let bySeed = Dictionary(
      uniqueKeysWithValues: Set(members.map(\.seed)).map {
        (
          $0,
          TrainingSplit(count: training.count, seed: $0, fraction: configuration.trainingFraction)
        )
      })
    splits = members.map { member in
      bySeed[member.seed] ?? TrainingSplit(count: training.count, seed: member.seed)
    }
    let bounds = bySeed.mapValues { split in
      var counts = [Int](repeating: 0, count: training.classes)
      for image in split.validation { counts[Int(training.labels[Int(image)])] += 1 }
      return NetworkState.chanceBound(counts)
    }
    chanceBounds = members.map { bounds[$0.seed] ?? nil }
    prepared = try PreparedPopulation(
      configuration, members, training: training, probe: probe, normalization: normalization,
      device: device)
    if let probe { try prepared.probe?.present(probe, device: device) }
    try device.write(training.images, to: prepared.images)
    try device.write(training.labels, to: prepared.labels)
    try prepared.validation?.present(splits.map(\.validation), device: device)
    try tensors.parameters.write(
      members.map { .init(architecture: configuration.architecture, seed: $0.seed) },
      device: device)
  }
}

extension StateDictionary {
  /// Initial values for a seed.
  init(architecture: Architecture, seed: UInt64) {
    self = Initialization.pytorchDefault(architecture, seed: seed)
  }
}
