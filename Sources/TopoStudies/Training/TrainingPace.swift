import TopoData
import TopoTraining

/// Estimates the time until all packs are trained, from the speed of those in training.
struct TrainingPace {
  private let epochs: Int
  private let imagesPerEpoch: Double
  private let batch: Double
  /// For each pack in training or within an epoch, by number: images per second, and finished
  /// images of its epoch, summed over its members.
  private var active: [Int: (speed: Double, done: Double)] = [:]

  /// - Parameter packs: all packs; some may continue within an epoch.
  init(run: TrainingRun, packs: [Pack]) {
    epochs = run.configuration.epochs
    imagesPerEpoch = Double(
      TrainingSplit.trainingCount(
        of: run.training.count, fraction: run.configuration.trainingFraction))
    batch = Double(run.configuration.batch)
    for pack in packs { packWaits(pack) }
  }

  /// A pack waits for a device.
  mutating func packWaits(_ pack: Pack) {
    let done = min(Double(pack.step) * batch, imagesPerEpoch) * Double(pack.indices.count)
    active[pack.position.number] = done > 0 ? (0, done) : nil
  }

  /// Seconds until all members are trained.
  mutating func secondsLeft(
    after step: TrainingProgress, of pack: Pack, _ progress: StudyProgress
  ) -> Double {
    let done =
      Double(step.step) / Double(max(step.steps, 1)) * imagesPerEpoch * Double(pack.indices.count)
    active[pack.position.number] = (step.imagesPerSecond, done)
    let left = progress.epochs.reduce(0.0) { $0 + Double(epochs - $1) * imagesPerEpoch }
    let (speed, begun) = active.values.reduce((0, 0)) { ($0.0 + $1.speed, $0.1 + $1.done) }
    return (left - begun) / max(speed, 1e-9)
  }

  /// An epoch of a pack is done. `StudyProgress` counts it from now on.
  mutating func epochIsDone(of pack: Pack, isLast: Bool) {
    active[pack.position.number]?.done = 0
    if isLast { active[pack.position.number] = nil }
  }
}
