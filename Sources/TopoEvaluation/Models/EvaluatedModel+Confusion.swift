extension EvaluatedModel {
  /// The confusion matrix of this model as records, by true and then by predicted class. Pairs of
  /// classes that never occurred have none.
  public func confusion(
    _ measures: ClassificationMeasures, dataset: String, perturbation: String = Record.clean,
    severity: Double = 0, draw: Int = 0
  ) -> [ConfusionRecord] {
    confusion(
      measures.confusion, classes: measures.classes, dataset: dataset, perturbation: perturbation,
      severity: severity, draw: draw)
  }

  /// A matrix `[true][predicted]` as records.
  public func confusion(
    _ matrix: [Int], classes: Int, dataset: String, perturbation: String, severity: Double,
    draw: Int = 0
  ) -> [ConfusionRecord] {
    matrix.enumerated().compactMap { place, count in
      count == 0
        ? nil
        : ConfusionRecord(
          dataset: dataset, condition: condition, seed: seed, perturbation: perturbation,
          severity: severity, draw: draw, trueClass: place / classes,
          predictedClass: place % classes, count: count)
    }
  }
}
