extension EvaluatedModel {
  /// The confusion matrix of this model as records, by correct and then by predicted class. Pairs
  /// of classes that never occurred have no record.
  public func confusion(
    _ measures: ClassificationMeasures, dataset: String, perturbation: String = Record.clean,
    severity: Double = 0, draw: Int = 0
  ) -> [ConfusionRecord] {
    confusion(
      measures.confusion, classes: measures.classes, dataset: dataset, perturbation: perturbation,
      severity: severity, draw: draw)
  }

  /// A confusion matrix, dense `[true class, predicted class]`, as records.
  public func confusion(
    _ matrix: [Int], classes: Int, dataset: String, perturbation: String, severity: Double,
    draw: Int = 0
  ) -> [ConfusionRecord] {
    matrix.enumerated().compactMap { index, count in
      count == 0
        ? nil
        : ConfusionRecord(
          dataset: dataset, condition: condition, seed: seed, perturbation: perturbation,
          severity: severity, draw: draw, trueClass: index / classes,
          predictedClass: index % classes, count: count)
    }
  }
}
