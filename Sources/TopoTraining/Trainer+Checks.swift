import TopoCompute
import TopoData
import TopoFoundation

extension Trainer {
  /// Checks that a population can be trained.
  static func check(
    _ members: [Member], _ configuration: TrainingConfiguration, _ training: ImageSet
  ) throws {
    try configuration.validate()
    guard !members.isEmpty else {
      throw UserError("there is nothing to train: give at least one seed and one condition")
    }
    guard Set(members.map(\.path)).count == members.count else {
      throw UserError("a condition and seed occurs twice; give each once")
    }
    for member in members {
      try member.condition.validate()
      let next = configuration.architecture.sheetIndex + 1
      if member.condition.view == .postReLU, configuration.architecture.layers[next] != .relu {
        throw UserError(
          "condition \(member.condition.label) compares activations after ReLU, but the sheet of "
            + "architecture \(configuration.architecture.name) has none; use pre-relu")
      }
    }
    try configuration.architecture.requireFit(
      images: training.shape, classes: training.classes, of: configuration.dataset)
    let count = TrainingSplit.trainingCount(
      of: training.count, fraction: configuration.trainingFraction)
    let steps = (count + configuration.batch - 1) / configuration.batch
    // The device counts a member's steps in 32 bits.
    guard steps * configuration.epochs < Int(UInt32.max) else {
      throw UserError(
        "\(configuration.epochs) epochs of \(count) images are more than 2^32 steps; choose fewer "
          + "epochs or a larger batch")
    }
    try checkNormalization(configuration, images: count)
  }

  /// The memory of `device` that a population takes to train, without taking any.
  ///
  /// The operations are prepared on a device that only counts, so memory that a device shares
  /// between members, threads and steps counts once.
  /// - Throws: as `init` does, except for too little memory.
  public static func memoryUse(
    configuration: TrainingConfiguration, members: [Member], training: ImageSet,
    probe: ImageSet? = nil, normalization: Normalization, device: any Device
  ) throws -> MemoryUse {
    try check(members, configuration, training)
    return try device.memoryUse {
      try PreparedPopulation(
        configuration, members, training: training, probe: probe, normalization: normalization,
        device: $0)
    }
  }
}
