import TopoCompute

/// Steps without epochs, for timing: nothing is validated, reported or counted.
extension Trainer {
  /// Operations of a training step, in order: of a full batch, or of the short one if there are
  /// fewer images than that.
  public var stepOperations: [any Operation] {
    (prepared.full ?? prepared.tail)?.step.operations ?? []
  }

  /// Trains full batches in the epoch's order, again and again, and waits until they are done.
  /// Epochs trained afterwards are not those of a study.
  /// - Throws: `DeviceError`.
  public func trainSteps(_ count: Int) throws {
    precondition(fullBatches > 0, "there are fewer images than a batch has")
    for index in 0..<count {
      if index % fullBatches == 0 { try present(epoch) }
      try device.run(stepOperations)
    }
    try device.finish()
  }
}
