import TopoCompute
import TopoData

extension Trainer {
  /// Trains one more epoch and validates.
  /// - Parameter progress: called about twice a second.
  /// - Returns: a report for each member that is still in training, by member index.
  /// - Throws: `DeviceError`.
  public func trainEpoch(
    progress: (TrainingProgress) -> Void = { _ in }
  ) throws -> [Int: EpochReport] {
    try trainEpoch(until: { false }, progress: progress) ?? [:]
  }

  /// Trains one more epoch and validates, or the rest of an epoch that was interrupted.
  ///
  /// After an interruption, `step` is the number of steps done of the epoch, `checkpoints` includes
  /// them, and the next call continues to the same bits.
  /// - Parameters:
  ///   - isInterrupted: called after each step and each batch of validation images; if it returns
  ///     true, the epoch is interrupted.
  ///   - progress: called about twice a second.
  /// - Returns: a report for each member that is still in training, by member index; nil if the
  ///   epoch was interrupted.
  /// - Throws: `DeviceError`.
  public func trainEpoch(
    until isInterrupted: () -> Bool, progress: (TrainingProgress) -> Void
  ) throws -> [Int: EpochReport]? {
    try present(epoch, step: step)
    if step == 0 { try tensors.clearScore(device: device) }
    let pace = (began: ContinuousClock.now, from: step)
    var chunk = 1
    var isStopping = isInterrupted()
    while step < fullBatches, let full = prepared.full, !isStopping {
      let (first, start) = (step, ContinuousClock.now)
      while step < min(first + chunk, fullBatches), !isStopping {
        try device.run(full.step.operations)
        step += 1
        isStopping = isInterrupted()
      }
      let sums = try readSums()
      let seconds = (ContinuousClock.now - start).seconds
      chunk = max(1, Int(0.5 / max(seconds / Double(step - first), 1e-6)))
      progress(describe(sums, since: pace))
    }
    if step == fullBatches, let tail = prepared.tail, !isStopping {
      try device.run(tail.step.operations)
      step += 1
      progress(describe(try readSums(), since: pace))
      isStopping = isInterrupted()
    }
    guard !isStopping else { return nil }
    do {
      let validated = try prepared.validation?.run(
        chanceBounds: chanceBounds, device: device, until: isInterrupted)
      return finishEpoch(try readSums(), validated)
    } catch is Validation.Interrupted {
      return nil
    }
  }

  /// Ends an epoch after its last step and validation.
  private func finishEpoch(
    _ sums: EpochSums, _ validated: [Validation.Result]?
  ) -> [Int: EpochReport] {
    // Not earlier: when sums are read depends on the speed of the device.
    for index in members.indices {
      if let loss = trouble(with: index, sums) { stop(index, loss) }
    }
    for (index, result) in (validated ?? []).enumerated() where !result.crossEntropy.isFinite {
      // The last update caused this: no training loss was computed after it.
      stop(index, "validation cross-entropy \(result.crossEntropy)")
    }
    var reports: [Int: EpochReport] = [:]
    for (index, member) in members.enumerated() where stopped[index] == nil {
      let images = max(sums.images(index), 1)
      reports[index] = EpochReport(
        member: member, epoch: epoch + 1, crossEntropy: sums.crossEntropy(index) / images,
        penalty: sums.penalty(index) / Double(step),
        trainingAccuracy: sums.correct(index) / images,
        validationCrossEntropy: validated?[index].crossEntropy,
        validationAccuracy: validated?[index].accuracy, state: validated?[index].state)
    }
    (epoch, step) = (epoch + 1, 0)
    return reports
  }

  /// Writes an epoch's order of images to the device, and sets the clocks to a step of it.
  func present(_ epoch: Int, step: Int = 0) throws {
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
    try tensors.setClock(tensors.clock, batch: step, step: first + step, device: device)
    if let tail = prepared.tail {
      try device.write(members.flatMap { bySeed[$0.seed]?[full...] ?? [] }, to: tail.order)
      try tensors.setClock(tail.clock, batch: 0, step: first + fullBatches, device: device)
    }
  }

  // MARK: Members that stop

  /// The losses of a member, as text, if one of them is not finite; otherwise nil.
  private func trouble(with index: Int, _ sums: EpochSums) -> String? {
    let (loss, penalty) = (sums.crossEntropy(index), sums.penalty(index))
    // The objective is a float32: lambda times a finite penalty can be beyond its range.
    let weighted = Float(members[index].condition.lambda * penalty / Double(step))
    guard !loss.isFinite || !penalty.isFinite || !weighted.isFinite else { return nil }
    return "cross-entropy \(loss), penalty \(penalty), weighted \(weighted)"
  }

  /// Takes a member out of training, the first time that `loss` was not finite.
  private func stop(_ index: Int, _ loss: String) {
    guard stopped[index] == nil else { return }
    stopped[index] = StoppedMember(member: members[index], epoch: epoch + 1, loss: loss)
  }

  // MARK: Progress

  /// - Parameter pace: when training of this epoch began or continued, and at which step.
  private func describe(
    _ sums: EpochSums, since pace: (began: ContinuousClock.Instant, from: Int)
  ) -> TrainingProgress {
    let seconds = max((ContinuousClock.now - pace.began).seconds, 1e-9)
    let isLive = { self.stopped[$0] == nil && self.trouble(with: $0, sums) == nil }
    let live = members.indices.filter(isLive).map { index in
      let images = max(sums.images(index), 1)
      return MemberProgress(
        member: members[index], crossEntropy: sums.crossEntropy(index) / images,
        penalty: Double(members[index].condition.lambda) * sums.penalty(index) / Double(step),
        trainingAccuracy: sums.correct(index) / images)
    }
    func mean(_ value: (MemberProgress) -> Double) -> Double {
      live.isEmpty ? 0 : live.reduce(0) { $0 + value($1) } / Double(live.count)
    }
    let seen =
      min(step * configuration.batch, imagesPerEpoch) - pace.from * configuration.batch
    let left = Double((configuration.epochs - epoch) * stepsPerEpoch - step)
    return TrainingProgress(
      epoch: epoch + 1, epochs: configuration.epochs, step: step, steps: stepsPerEpoch,
      imagesPerSecond: Double(seen * members.count) / seconds,
      crossEntropy: mean(\.crossEntropy), penalty: mean(\.penalty),
      secondsLeft: left * seconds / Double(step - pace.from), members: live)
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
