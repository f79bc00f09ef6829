import TopoFoundation

/// How often a network assigned images of one class to another, under one perturbation: a row of
/// `confusion.csv`.
public struct ConfusionRecord: Sendable, Hashable {
  /// Name of the data set.
  public var dataset: String
  /// The label of the condition.
  public var condition: String
  /// Seed of the member.
  public var seed: UInt64
  /// The perturbation of images or weights; `clean` without one.
  public var perturbation: String
  /// The severity; 0 for `clean`.
  public var severity: Double
  /// Number of the draw, from 0.
  public var draw: Int
  /// The correct class.
  public var trueClass: Int
  /// The class that the network predicted.
  public var predictedClass: Int
  /// Number of such images.
  public var count: Int

  /// The columns of `confusion.csv`.
  public static let columns = [
    "dataset", "condition", "seed", "perturbation", "severity", "draw", "true", "predicted",
    "count",
  ]

  /// The first line of `confusion.csv`.
  public static var header: String { CSV.line(columns) }

  /// The record as a line of `confusion.csv`.
  public var line: String {
    CSV.line([
      dataset, condition, "\(seed)", perturbation, "\(severity)", "\(draw)", "\(trueClass)",
      "\(predictedClass)", "\(count)",
    ])
  }
}

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
