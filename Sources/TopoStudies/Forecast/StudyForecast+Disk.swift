import TopoEvaluation
import TopoNetworks

/// Bytes that a study leaves.
extension StudyForecast {
  /// Of all models: float32 values and a header of about 2 KiB.
  public var modelBytes: Int {
    plan.members.count * (2048 + 4 * architecture.parameters.reduce(0) { $0 + $1.count })
  }

  /// Of the networks of all epochs that are kept besides the last one.
  public var snapshotBytes: Int { plan.snapshots.count * modelBytes }

  /// Of one checkpoint of each network: the model, and the state of the optimizer.
  public var checkpointBytes: Int {
    modelBytes
      + plan.members.count * 4 * plan.rule.stateSlots * architecture.trainableCount
  }

  /// Of tables and records, very roughly: of ten classes and sheets of 121 units, a network left
  /// 25 kB for each task, 600 kB for all analyses, and 3 kB for each pair of a comparison.
  public var resultBytes: Int {
    let networks = plan.members.count
    let analyses = suite.parts(AnalysisPart.self)
    let hasPairs = analyses.contains { $0.networkAnalyses.contains(.comparison) }
    let kinds = analyses.reduce(0) { $0 + $1.analyses.count }
    return networks * (25_000 * (tasks - kinds) + 120_000 * kinds)
      + (hasPairs ? 3_000 * networks * (networks - 1) / 2 : 0)
  }
}
