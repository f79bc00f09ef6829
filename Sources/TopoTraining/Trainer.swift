import Foundation
import TopoCompute
import TopoData
import TopoNetworks

/// Trains a population in lockstep: control, WS and AS members of many seeds side by side.
///
/// A member's result depends on its condition, its seed, the configuration and the images alone.
public final class Trainer {
  /// What members share.
  public let configuration: TrainingConfiguration
  /// The networks in training.
  public let members: [Member]
  /// Epochs done.
  public private(set) var epoch = 0
  /// Members that left training, by index.
  public private(set) var stopped: [Int: StoppedMember] = [:]

  let device: any Device
  let tensors: PopulationTensors
  private let splits: [TrainingSplit]
  let step: TrainingStep?
  private let tail: Tail?
  private let order: Tensor?
  private let validation: Validation?

  /// Full batches of an epoch.
  let fullBatches: Int
  /// Steps of an epoch: the last batch may be a short one.
  public var stepsPerEpoch: Int { fullBatches + (tail == nil ? 0 : 1) }
  /// Images of an epoch, per member.
  public var imagesPerEpoch: Int { splits.first?.training.count ?? 0 }

  /// The short batch at the end of an epoch.
  private struct Tail {
    let step: TrainingStep
    let order: Tensor
    let clock: Tensor
  }

  /// Prepares a population with initial values from the members' seeds.
  /// - Parameters:
  ///   - training: the images of the training files; each member splits them by its seed.
  ///   - normalization: of the images.
  /// - Throws: `TrainingError`, `ArchitectureError`, `PenaltyError`, or `DeviceError` when memory
  ///   does not suffice.
  public init(
    configuration: TrainingConfiguration, members: [Member], training: ImageSet,
    normalization: Normalization, device: any Device
  ) throws {
    try configuration.validate()
    try Self.check(members, configuration)
    try configuration.architecture.requireFit(
      images: training.shape, classes: training.classes, of: configuration.dataset)
    self.configuration = configuration
    self.members = members
    self.device = device

    try Self.checkMemory(members.count, configuration, training, device)

    let seeds = Set(members.map(\.seed))
    let bySeed = Dictionary(
      uniqueKeysWithValues: seeds.map {
        (
          $0,
          TrainingSplit(count: training.count, seed: $0, fraction: configuration.trainingFraction)
        )
      })
    let splits = members.map { member in
      bySeed[member.seed] ?? TrainingSplit(count: training.count, seed: member.seed)
    }
    self.splits = splits
    let count = splits[0].training.count
    let batch = configuration.batch
    fullBatches = count / batch
    // The device counts a member's steps in 32 bits.
    guard (count + batch - 1) / batch * configuration.epochs < Int(UInt32.max) else {
      throw TrainingError(
        "\(configuration.epochs) epochs of \(count) images are more than 2^32 steps; choose fewer "
          + "epochs or a larger batch")
    }

    let tensors = try PopulationTensors(
      architecture: configuration.architecture, members: members, rule: configuration.rule,
      learningRate: configuration.learningRate, device: device)
    self.tensors = tensors
    let shape = training.shape
    let images = try device.makeTensor(
      members: 1, shape: [training.count, shape.channels, shape.rows, shape.columns],
      values: training.images)
    let labels = try device.makeTensor(
      members: 1, shape: [training.count], values: training.labels)
    let objective = Objective(members)

    func makeOrder(_ positions: Int) throws -> Tensor {
      try device.makeTensor(
        members: members.count, shape: [positions], elementType: .int32, lifetime: .persistent)
    }
    func makeStep(_ batch: Int, order: Tensor, clock: Tensor) throws -> TrainingStep {
      try TrainingStep(
        batch: batch, tensors: tensors, objective: objective, rule: configuration.rule,
        images: images, labels: labels, order: order, clock: clock,
        normalization: (normalization.mean, normalization.deviation), device: device)
    }
    if fullBatches > 0 {
      let order = try makeOrder(fullBatches * batch)
      self.order = order
      step = try makeStep(batch, order: order, clock: tensors.clock)
    } else {
      (order, step) = (nil, nil)
    }
    let rest = count % batch
    if rest > 0 {
      let order = try makeOrder(rest)
      let clock = try device.makeTensor(
        members: members.count, shape: [2], elementType: .uint32, lifetime: .persistent)
      tail = Tail(
        step: try makeStep(rest, order: order, clock: clock), order: order, clock: clock)
    } else {
      tail = nil
    }
    validation = try Validation(
      parameters: tensors.parameters, indices: splits.map(\.validation), batch: batch,
      images: images, labels: labels, normalization: normalization, device: device)

    try tensors.parameters.write(
      members.map { .init(architecture: configuration.architecture, seed: $0.seed) },
      device: device)
  }

  /// What lasts for each member must fit: parameters, gradients, optimiser state, order.
  private static func checkMemory(
    _ members: Int, _ configuration: TrainingConfiguration, _ training: ImageSet,
    _ device: any Device
  ) throws {
    let perMember =
      configuration.architecture.trainableCount * (2 + configuration.rule.stateSlots) * 4
      + training.count * 4
    let (bytes, overflow) = perMember.multipliedReportingOverflow(by: members)
    let memory = device.information.memory
    guard overflow || bytes + training.images.count > memory else { return }
    let gibibyte = 1 << 30
    throw TrainingError(
      "\(members) networks need more memory (\(bytes / gibibyte) GiB at least) than "
        + "\(device.information.identifier) has (\(memory / gibibyte) GiB); train fewer at a time")
  }

  private static func check(_ members: [Member], _ configuration: TrainingConfiguration) throws {
    guard !members.isEmpty else {
      throw TrainingError("there is nothing to train: give at least one seed and one condition")
    }
    guard Set(members.map(\.path)).count == members.count else {
      throw TrainingError("a condition and seed occurs twice; give each once")
    }
    for member in members {
      try member.condition.validate()
      let next = configuration.architecture.sheetIndex + 1
      if member.condition.view == .postReLU, configuration.architecture.layers[next] != .relu {
        throw TrainingError(
          "condition \(member.condition.label) compares activations after ReLU, but the sheet of "
            + "architecture \(configuration.architecture.name) has none; use pre-relu")
      }
    }
  }

  /// Operations of a full training step by name and algorithm, for logs.
  public var operationNames: [String] { (step ?? tail?.step)?.operations.map(\.name) ?? [] }

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
    if let step {
      while done < fullBatches {
        let count = min(chunk, fullBatches - done)
        let start = ContinuousClock.now
        for _ in 0..<count { try device.run(step.operations) }
        done += count
        sums = try read()
        let seconds = (ContinuousClock.now - start).seconds
        chunk = max(1, Int(0.5 / max(seconds / Double(count), 1e-6)))
        noteStopped(sums, done: done)
        progress(describe(sums, done: done, began: began))
      }
    }
    if let tail {
      try device.run(tail.step.operations)
      done += 1
      sums = try read()
      noteStopped(sums, done: done)
      progress(describe(sums, done: done, began: began))
    }
    let validated = try validation?.run(device: device)
    for (index, result) in (validated ?? []).enumerated() where !result.crossEntropy.isFinite {
      // The last update was one too many: no training loss has seen it yet.
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
        validationAccuracy: validated?[index].accuracy)
    }
    return reports
  }

  /// Writes an epoch's order of presentation into the device.
  func present(_ epoch: Int) throws {
    var bySeed: [UInt64: [Int32]] = [:]
    for (member, split) in zip(members, splits) where bySeed[member.seed] == nil {
      bySeed[member.seed] = PresentationOrder.epoch(
        epoch, of: split.training, seed: member.seed)
    }
    let full = fullBatches * configuration.batch
    if let order {
      try device.write(
        members.flatMap { bySeed[$0.seed]?[..<full] ?? [] }, to: order)
    }
    let first = epoch * stepsPerEpoch
    try tensors.setClock(tensors.clock, batch: 0, step: first, device: device)
    if let tail {
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
      // The objective is a float32: a strength can carry a finite penalty beyond its range.
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
    let live = members.indices.filter { stopped[$0] == nil }
    func mean(_ value: (Int) -> Double) -> Double {
      live.isEmpty ? 0 : live.reduce(0) { $0 + value($1) } / Double(live.count)
    }
    let seen = Double(min(done * configuration.batch, imagesPerEpoch))
    let left = Double((configuration.epochs - epoch) * stepsPerEpoch - done)
    return TrainingProgress(
      epoch: epoch + 1, epochs: configuration.epochs, step: done, steps: stepsPerEpoch,
      imagesPerSecond: seen * Double(members.count) / seconds,
      crossEntropy: mean { sums.crossEntropy($0) / max(sums.images($0), 1) },
      penalty: mean { Double(members[$0].condition.lambda) * sums.penalty($0) / Double(done) },
      secondsLeft: left * seconds / Double(done))
  }

  // MARK: State

  /// The networks as they are now.
  /// - Throws: `DeviceError`.
  public func networks() throws -> [StateDictionary] {
    try tensors.parameters.read(device: device).map { state in
      var state = state
      state.batchesTracked = Int64(epoch * stepsPerEpoch)
      return state
    }
  }

  /// Networks and optimiser state of every member.
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

  /// Goes on from checkpoints, one for each member, all of the same epoch.
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
