import TopoCompute
import TopoData
import TopoNetworks

/// A population on a device: its memory, and the operations of training and validation. The
/// trainer writes the tensors: preparing on a device that only counts measures the memory.
struct PreparedPopulation: Sendable {
  let tensors: PopulationTensors
  /// `uint8 [image, channel, row, column]` and `int32 [image]`, shared.
  let images: Tensor
  let labels: Tensor
  /// For full batches; nil if there are fewer images than a batch has.
  let full: Step?
  /// For the short batch at the end of an epoch; nil if there is none.
  let tail: Step?
  /// Nil if there are no validation images.
  let validation: Validation?
  /// Nil without probe images.
  let probe: Probe?
  /// Full batches of an epoch.
  let fullBatches: Int

  /// A prepared step, the order of images that it reads, and its clock.
  struct Step: Sendable {
    let step: TrainingStep
    let order: Tensor
    let clock: Tensor
  }

  /// Prepares `members` for training on as many images, of the same shape, as `training` has, and
  /// for inference on as many as `probe` has.
  init(
    _ configuration: TrainingConfiguration, _ members: [Member], training: ImageSet,
    probe: ImageSet?, normalization: Normalization, device: any Device
  ) throws {
    let count = TrainingSplit.trainingCount(
      of: training.count, fraction: configuration.trainingFraction)
    let (batch, shape) = (configuration.batch, training.shape)
    let tensors = try PopulationTensors(
      architecture: configuration.architecture, members: members, rule: configuration.rule,
      learningRate: configuration.learningRate, device: device)
    let images = try device.makeTensor(
      members: 1, shape: [training.count, shape.channels, shape.rows, shape.columns],
      elementType: .uint8, lifetime: .persistent)
    let labels = try device.makeTensor(
      members: 1, shape: [training.count], elementType: .int32, lifetime: .persistent)
    let objective = Objective(members)

    func step(_ batch: Int, positions: Int, clock: Tensor) throws -> Step {
      let order = try device.makeTensor(
        members: members.count, shape: [positions], elementType: .int32, lifetime: .persistent)
      // Full steps, the short step, validation and probe never share a run.
      return try device.sharingStepMemory {
        Step(
          step: try TrainingStep(
            batch: batch, tensors: tensors, objective: objective, rule: configuration.rule,
            images: images, labels: labels, order: order, clock: clock,
            normalization: normalization, device: device),
          order: order, clock: clock)
      }
    }
    fullBatches = count / batch
    full =
      fullBatches > 0
      ? try step(batch, positions: fullBatches * batch, clock: tensors.clock) : nil
    let rest = count % batch
    tail =
      rest > 0
      ? try step(
        rest, positions: rest,
        clock: device.makeTensor(
          members: members.count, shape: [2], elementType: .uint32, lifetime: .persistent)) : nil
    validation = try device.sharingStepMemory {
      try Validation(
        parameters: tensors.parameters, images: images, labels: labels,
        count: training.count - count, batch: batch, normalization: normalization,
        device: device)
    }
    self.probe = try device.sharingStepMemory {
      try Probe(
        probe, parameters: tensors.parameters, batch: batch, normalization: normalization,
        device: device)
    }
    self.tensors = tensors
    self.images = images
    self.labels = labels
  }
}
