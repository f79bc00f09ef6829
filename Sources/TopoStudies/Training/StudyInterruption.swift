import TopoFoundation

/// Thrown when a run was asked to stop. Everything is kept; `resume: true` continues it.
public struct StudyInterruption: Error, Sendable, Hashable, CustomStringConvertible {
  /// How far training is, as part of a sentence: `in epoch 3 of 10 after step 120`.
  public let description: String

  /// - Parameter interrupted: epochs and steps done by the packs that were in training.
  init(epochs: Int, packs: Int, interrupted: [(epoch: Int, step: Int)]) {
    let places = Set(
      interrupted.map { epoch, step in
        step > 0
          ? "in epoch \(epoch + 1) of \(epochs) after step \(step)"
          : epoch > 0 ? "after epoch \(epoch) of \(epochs)" : "before the first step"
      })
    let count = packs > 1 ? " (\(packs.counted("pack")) to train)" : ""
    if let place = places.first, places.count == 1 {
      description = place + count
    } else {
      description = (places.isEmpty ? "between packs" : "within epochs") + count
    }
  }
}
