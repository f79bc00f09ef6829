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
