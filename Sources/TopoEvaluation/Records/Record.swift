import TopoFoundation
import TopoNetworks
import TopoSheets

/// One value of one measure for one network under one perturbation: a row of `metrics.csv`.
///
/// ```swift
/// let accuracies = records.filter {
///   $0.measure == MeasureName.accuracy && $0.perturbation == Record.clean
/// }
/// let mean = Summary(accuracies.map(\.value)).mean
/// ```
public struct Record: Sendable, Hashable {
  /// Name of the data set.
  public var dataset: String
  /// The network.
  public var network: NetworkIdentity
  /// Whether the network learned anything; `unknown` until `NetworkStates` derives it from all
  /// records of the network.
  public var state: NetworkState
  /// Name of the measure; `MeasureName` has the common ones.
  public var measure: String
  /// The perturbation of images or weights; `clean` without one.
  public var perturbation: String
  /// The severity, such as the level of a noise; 0 for `clean`.
  public var severity: Double
  /// Number of the draw, from 0.
  public var draw: Int
  /// The value, or the reason why it is undefined.
  public var value: MeasuredValue

  /// The perturbation in records of unperturbed networks on clean images.
  public static let clean = "clean"

  /// A record of a network.
  public init(
    dataset: String, network: NetworkIdentity, state: NetworkState = .unknown, measure: String,
    perturbation: String = Record.clean, severity: Double = 0, draw: Int = 0,
    value: MeasuredValue
  ) {
    self.dataset = dataset
    self.network = network
    self.state = state
    self.measure = measure
    self.perturbation = perturbation
    self.severity = severity
    self.draw = draw
    self.value = value
  }

  /// A record of a member under a penalty.
  public init(
    dataset: String, penalty: Penalty, seed: UInt64, measure: String,
    perturbation: String = Record.clean, severity: Double = 0, draw: Int = 0,
    value: MeasuredValue
  ) {
    self.init(
      dataset: dataset, network: NetworkIdentity(penalty, seed: seed), measure: measure,
      perturbation: perturbation, severity: severity, draw: draw, value: value)
  }

  /// The label of the condition.
  public var condition: String { network.condition }
  /// The kind of penalty: `control`, `ws`, `as` or `unknown`.
  public var penalty: String { network.penalty }
  /// Seed of the member.
  public var seed: UInt64 { network.seed }

  /// The value as it is written: infinity and NaN become undefined.
  var checkedValue: MeasuredValue {
    if case .value(let number) = value { MeasuredValue(number) } else { value }
  }
}

/// Names of measures in records.
public enum MeasureName {
  /// Share of correct predictions.
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
  /// Number of images whose logits are not finite.
  public static let invalidImages = "invalid-images"
  /// Mean Moran's I of the pre-ReLU sheet over images.
  public static let moransI = "morans-i"
  /// Number of images whose map has no Moran's I.
  public static let undefinedMaps = "morans-i-undefined-maps"
  /// Share of units of the sheet that are not above 0 for any image.
  public static let silentUnits = "silent-units"
  /// Variance of activations over units, mean over images, as a share of their mean square.
  public static let unitVariation = "unit-variation"
  /// Variance of activations over images, mean over units, as a share of their mean square.
  public static let imageVariation = "image-variation"
  /// Largest accuracy that cannot be distinguished from chance.
  public static let chanceBound = "chance-bound"
  /// Accuracy on the images of one class.
  public static func accuracy(ofClass label: Int) -> String { "accuracy-class-\(label)" }
}

extension MoransI.Average {
  /// The mean and the number of undefined maps by name, in the order of the records.
  public var named: [(measure: String, value: MeasuredValue)] {
    [(MeasureName.moransI, mean), (MeasureName.undefinedMaps, .value(Double(undefined)))]
  }
}

extension SheetActivity.Summary {
  /// All measures by name, in the order of the records.
  public var named: [(measure: String, value: MeasuredValue)] {
    [
      (MeasureName.silentUnits, value(silentShare, "no ReLU follows the sheet")),
      (MeasureName.unitVariation, value(unitVariation, "the sheet has one unit")),
      (MeasureName.imageVariation, value(imageVariation, "there is one image")),
    ]
  }

  private func value(_ number: Double?, _ reason: String) -> MeasuredValue {
    number.map { MeasuredValue($0) } ?? .undefined(reason)
  }
}
