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
  public private(set) var epoch = 0
  /// Members that left training, by index.
  public private(set) var stopped: [Int: StoppedMember] = [:]

  let device: any Device
  let prepared: PreparedPopulation
  private let splits: [TrainingSplit]
  /// By member: the validation accuracy of chance; nil if there are too few images.
  private let chanceBounds: [Double?]

  private var tensors: PopulationTensors { prepared.tensors }
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

  // MARK: Training

  /// Trains one more epoch and validates.
  /// - Parameter progress: called about twice a second.
  /// - Returns: a report for each member that is still in training, by member index.
  /// - Throws: `DeviceError`.
  public func trainEpoch(
    progress: (TrainingProgress) -> Void = { _ in }
  ) throws -> [Int: EpochReport] {
    try present(epoch)
    try tensors.clearScore(device: device)
    let began = ContinuousClock.now
    var (done, chunk) = (0, 1)
    var sums = Sums()
    if let full = prepared.full {
      while done < fullBatches {
        let count = min(chunk, fullBatches - done)
        let start = ContinuousClock.now
        for _ in 0..<count { try device.run(full.step.operations) }
        done += count
        sums = try read()
        let seconds = (ContinuousClock.now - start).seconds
        chunk = max(1, Int(0.5 / max(seconds / Double(count), 1e-6)))
        noteStopped(sums, done: done)
        progress(describe(sums, done: done, began: began))
      }
    }
    if let tail = prepared.tail {
      try device.run(tail.step.operations)
      done += 1
      sums = try read()
      noteStopped(sums, done: done)
      progress(describe(sums, done: done, began: began))
    }
    let validated = try prepared.validation?.run(chanceBounds: chanceBounds, device: device)
    for (index, result) in (validated ?? []).enumerated() where !result.crossEntropy.isFinite {
      // The last update caused this: no training loss was computed after it.
      stop(index, "validation cross-entropy \(result.crossEntropy)")
    }
    epoch += 1
    var reports: [Int: EpochReport] = [:]
    for (index, member) in members.enumerated() where stopped[index] == nil {
      let images = Double(max(sums.images(index), 1))
      reports[index] = EpochReport(
        member: member, epoch: epoch, crossEntropy: sums.crossEntropy(index) / images,
        penalty: sums.penalty(index) / Double(done),
        trainingAccuracy: sums.correct(index) / images,
        validationCrossEntropy: validated?[index].crossEntropy,
        validationAccuracy: validated?[index].accuracy, state: validated?[index].state)
    }
    return reports
  }

  /// Writes an epoch's order of images to the device.
  func present(_ epoch: Int) throws {
    var bySeed: [UInt64: [Int32]] = [:]
    for (member, split) in zip(members, splits) where bySeed[member.seed] == nil {
      bySeed[member.seed] = PresentationOrder.epoch(
        epoch, of: split.training, seed: member.seed)
    }
    let full = fullBatches * configuration.batch
    if let step = prepared.full {
      try device.write(
        members.flatMap { bySeed[$0.seed]?[..<full] ?? [] }, to: step.order)
    }
    let first = epoch * stepsPerEpoch
    try tensors.setClock(tensors.clock, batch: 0, step: first, device: device)
    if let tail = prepared.tail {
      try device.write(members.flatMap { bySeed[$0.seed]?[full...] ?? [] }, to: tail.order)
      try tensors.setClock(tail.clock, batch: 0, step: first + fullBatches, device: device)
    }
  }

  // MARK: Sums of an epoch

  private struct Sums {
    var score: [Float] = []
    var penalties: [Float] = []

    func crossEntropy(_ member: Int) -> Double { Double(score[member * 3]) }
    func correct(_ member: Int) -> Double { Double(score[member * 3 + 1]) }
    func images(_ member: Int) -> Double { Double(score[member * 3 + 2]) }
    func penalty(_ member: Int) -> Double { Double(penalties[member]) }
  }

  private func read() throws -> Sums {
    Sums(
      score: try device.read(tensors.score, as: Float.self),
      penalties: try device.read(tensors.penalty, as: Float.self))
  }

  private func noteStopped(_ sums: Sums, done: Int) {
    for (index, member) in members.enumerated() where stopped[index] == nil {
      let (loss, penalty) = (sums.crossEntropy(index), sums.penalty(index))
      // The objective is a float32: lambda times a finite penalty can be beyond its range.
      let weighted = Float(member.condition.lambda * penalty / Double(done))
      guard !loss.isFinite || !penalty.isFinite || !weighted.isFinite else { continue }
      stop(index, "cross-entropy \(loss), penalty \(penalty), weighted \(weighted)")
    }
  }

  /// Takes a member out of training, the first time that `loss` was not finite.
  private func stop(_ index: Int, _ loss: String) {
    guard stopped[index] == nil else { return }
    stopped[index] = StoppedMember(member: members[index], epoch: epoch + 1, loss: loss)
  }

  private func describe(
    _ sums: Sums, done: Int, began: ContinuousClock.Instant
  ) -> TrainingProgress {
    let seconds = max((ContinuousClock.now - began).seconds, 1e-9)
    let live = members.indices.filter { stopped[$0] == nil }.map { index in
      let images = max(sums.images(index), 1)
      return MemberProgress(
        member: members[index], crossEntropy: sums.crossEntropy(index) / images,
        penalty: Double(members[index].condition.lambda) * sums.penalty(index) / Double(done),
        trainingAccuracy: sums.correct(index) / images)
    }
    func mean(_ value: (MemberProgress) -> Double) -> Double {
      live.isEmpty ? 0 : live.reduce(0) { $0 + value($1) } / Double(live.count)
    }
    let seen = Double(min(done * configuration.batch, imagesPerEpoch))
    let left = Double((configuration.epochs - epoch) * stepsPerEpoch - done)
    return TrainingProgress(
      epoch: epoch + 1, epochs: configuration.epochs, step: done, steps: stepsPerEpoch,
      imagesPerSecond: seen * Double(members.count) / seconds,
      crossEntropy: mean(\.crossEntropy), penalty: mean(\.penalty),
      secondsLeft: left * seconds / Double(done), members: live)
  }

  // MARK: State

  /// The networks in their present state.
  /// - Throws: `DeviceError`.
  public func networks() throws -> [StateDictionary] {
    try tensors.parameters.read(device: device).map { state in
      var state = state
      state.batchesTracked = Int64(epoch * stepsPerEpoch)
      return state
    }
  }

  /// Networks and optimizer state of every member.
  /// - Throws: `DeviceError`.
  public func checkpoints() throws -> [MemberCheckpoint] {
    let networks = try networks()
    let slots = configuration.rule.stateSlots
    let state = try device.read(tensors.optimizerState, as: Float.self)
    let count = tensors.parameters.trainable.count
    return members.indices.map { member in
      MemberCheckpoint(
        epoch: epoch, network: networks[member],
        optimizer: (0..<slots).map { slot in
          let start = (member * slots + slot) * count
          return tensors.parameters.split(state[start..<start + count])
        }, stopped: stopped[member])
    }
  }

  /// Continues from checkpoints, one for each member, all of the same epoch.
  /// - Throws: `DeviceError`.
  public func restore(_ checkpoints: [MemberCheckpoint]) throws {
    precondition(checkpoints.count == members.count)
    precondition(Set(checkpoints.map(\.epoch)).count == 1)
    try tensors.parameters.write(checkpoints.map(\.network), device: device)
    try device.write(
      checkpoints.flatMap { checkpoint in
        checkpoint.optimizer.flatMap { tensors.parameters.join($0) }
      }, to: tensors.optimizerState)
    epoch = checkpoints[0].epoch
    stopped = [:]
    for (index, checkpoint) in checkpoints.enumerated() { stopped[index] = checkpoint.stopped }
  }
}

extension StateDictionary {
  /// Initial values for a seed.
  init(architecture: Architecture, seed: UInt64) {
    self = Initialization.pytorchDefault(architecture, seed: seed)
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
