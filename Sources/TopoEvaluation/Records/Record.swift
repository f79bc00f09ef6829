import TopoSheets

/// One value of one network under one perturbation: a row of `metrics.csv`.
public struct Record: Sendable, Hashable {
  /// Name of the data set.
  public var dataset: String
  /// The condition's label: `control`, `ws-euclidean-1`.
  public var condition: String
  /// `control`, `ws` or `as`.
  public var penalty: String
  /// Metric of the penalty; nil for control.
  public var metric: String?
  /// Strength of the penalty; nil for control.
  public var lambda: Double?
  /// Seed of the member.
  public var seed: UInt64
  /// What was measured; the common names are in `MeasureName`.
  public var measure: String
  /// What was done to the inputs or weights; `clean` for nothing.
  public var perturbation: String
  /// How much of it: the level of a noise; 0 for `clean`.
  public var severity: Double
  /// Number of the draw, from 0.
  public var `repeat`: Int
  /// The value, or why there is none.
  public var value: MeasuredValue

  /// The perturbation of records for networks and inputs as they are.
  public static let clean = "clean"

  /// A record from its parts.
  public init(
    dataset: String, condition: String, penalty: String, metric: String?, lambda: Double?,
    seed: UInt64, measure: String, perturbation: String = Record.clean, severity: Double = 0,
    repeat: Int = 0, value: MeasuredValue
  ) {
    self.dataset = dataset
    self.condition = condition
    self.penalty = penalty
    self.metric = metric
    self.lambda = lambda
    self.seed = seed
    self.measure = measure
    self.perturbation = perturbation
    self.severity = severity
    self.repeat = `repeat`
    self.value = value
  }

  /// A record of a member under a penalty.
  public init(
    dataset: String, penalty: Penalty, seed: UInt64, measure: String,
    perturbation: String = Record.clean, severity: Double = 0, repeat: Int = 0,
    value: MeasuredValue
  ) {
    let none = penalty.kind == .control
    self.init(
      dataset: dataset, condition: penalty.label, penalty: penalty.kind.rawValue,
      metric: none ? nil : penalty.metric.rawValue, lambda: none ? nil : penalty.lambda,
      seed: seed, measure: measure, perturbation: perturbation, severity: severity,
      repeat: `repeat`, value: value)
  }

  /// The value as written: infinity and NaN never are.
  var checkedValue: MeasuredValue {
    if case .value(let number) = value { MeasuredValue(number) } else { value }
  }
}

/// Names of measures in records.
public enum MeasureName {
  /// Share of right predictions.
  public static let accuracy = "accuracy"
  /// Mean of the accuracies per class.
  public static let balancedAccuracy = "balanced-accuracy"
  /// Mean negative log-likelihood.
  public static let negativeLogLikelihood = "nll"
  /// Brier score.
  public static let brierScore = "brier"
  /// Expected calibration error, 15 bins.
  public static let calibrationError = "ece"
  /// Largest calibration gap of a bin.
  public static let maximumGap = "calibration-max-gap"
  /// Images whose logits are not finite.
  public static let invalidImages = "invalid-images"
  /// Mean Moran's I of the pre-ReLU sheet over images.
  public static let moransI = "morans-i"
  /// Images whose map has no Moran's I.
  public static let undefinedMaps = "morans-i-undefined-maps"
  /// Accuracy on the images of one class.
  public static func accuracy(ofClass label: Int) -> String { "accuracy-class-\(label)" }
}

extension ClassificationMeasures {
  /// All measures by name, in the order of the records.
  public var named: [(measure: String, value: MeasuredValue)] {
    [
      (MeasureName.accuracy, accuracy),
      (MeasureName.balancedAccuracy, balancedAccuracy),
      (MeasureName.negativeLogLikelihood, negativeLogLikelihood),
      (MeasureName.brierScore, brierScore),
      (MeasureName.calibrationError, calibration.expectedError),
      (MeasureName.maximumGap, calibration.maximumGap),
      (MeasureName.invalidImages, .value(Double(invalid))),
    ]
      + accuracyPerClass.enumerated().map { (MeasureName.accuracy(ofClass: $0.offset), $0.element) }
  }
}

extension MoransI.Average {
  /// The mean and the number of undefined maps by name, in the order of the records.
  public var named: [(measure: String, value: MeasuredValue)] {
    [(MeasureName.moransI, mean), (MeasureName.undefinedMaps, .value(Double(undefined)))]
  }
}
