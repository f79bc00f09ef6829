import TopoCompute
import TopoNetworks

extension Trainer {
  /// The networks in their present state.
  /// - Throws: `DeviceError`.
  public func networks() throws -> [StateDictionary] {
    try tensors.parameters.read(device: device).map { state in
      var state = state
      state.batchesTracked = Int64(epoch * stepsPerEpoch + step)
      return state
    }
  }

  /// Networks and optimizer state of every member, also within an epoch.
  /// - Throws: `DeviceError`.
  public func checkpoints() throws -> [MemberCheckpoint] {
    let networks = try networks()
    let slots = configuration.rule.stateSlots
    let state = try device.read(tensors.optimizerState, as: Float.self)
    let count = tensors.parameters.trainable.count
    let sums = step > 0 ? try readSums() : nil
    return members.indices.map { member in
      MemberCheckpoint(
        epoch: epoch, step: step, sums: sums?.values(member) ?? [], network: networks[member],
        optimizer: (0..<slots).map { slot in
          let start = (member * slots + slot) * count
          return tensors.parameters.split(state[start..<start + count])
        }, stopped: stopped[member])
    }
  }

  /// Continues from checkpoints, one for each member, all of the same epoch and step.
  /// - Throws: `DeviceError`.
  public func restore(_ checkpoints: [MemberCheckpoint]) throws {
    precondition(checkpoints.count == members.count)
    precondition(Set(checkpoints.map { [$0.epoch, $0.step] }).count == 1)
    precondition(checkpoints[0].step <= stepsPerEpoch)
    try tensors.parameters.write(checkpoints.map(\.network), device: device)
    try device.write(
      checkpoints.flatMap { checkpoint in
        checkpoint.optimizer.flatMap { tensors.parameters.join($0) }
      }, to: tensors.optimizerState)
    (epoch, step) = (checkpoints[0].epoch, checkpoints[0].step)
    if step > 0 {
      let sums = EpochSums(checkpoints.map(\.sums))
      try device.write(sums.score, to: tensors.score)
      try device.write(sums.penalties, to: tensors.penalty)
    }
    stopped = [:]
    for (index, checkpoint) in checkpoints.enumerated() { stopped[index] = checkpoint.stopped }
  }

  /// The sums of the epoch so far.
  func readSums() throws -> EpochSums {
    EpochSums(
      score: try device.read(tensors.score, as: Float.self),
      penalties: try device.read(tensors.penalty, as: Float.self))
  }
}
