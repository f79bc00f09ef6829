import TopoFoundation

/// How often one network took images of one class for another, under one perturbation: a row of
/// `confusion.csv`.
public struct ConfusionRecord: Sendable, Hashable {
  /// Name of the data set.
  public var dataset: String
  /// The condition's label.
  public var condition: String
  /// Seed of the member.
  public var seed: UInt64
  /// What was done to the inputs or weights; `clean` for nothing.
  public var perturbation: String
  /// How much of it.
  public var severity: Double
  /// Number of the draw, from 0.
  public var draw: Int
  /// The images' class.
  public var trueClass: Int
  /// What the network took them for.
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
