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
