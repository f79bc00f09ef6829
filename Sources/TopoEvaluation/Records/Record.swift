import TopoFoundation
import TopoNetworks
import TopoSheets

/// One value of one network under one perturbation: a row of `metrics.csv`.
public struct Record: Sendable, Hashable {
  /// Name of the data set.
  public var dataset: String
  /// The network.
  public var network: NetworkIdentity
  /// Whether the network learned anything; `unknown` until it is derived from all records of it.
  public var state: NetworkState
  /// What was measured; the common names are in `MeasureName`.
  public var measure: String
  /// What was done to the inputs or weights; `clean` for nothing.
  public var perturbation: String
  /// How much of it: the level of a noise; 0 for `clean`.
  public var severity: Double
  /// Number of the draw, from 0.
  public var draw: Int
  /// The value, or why there is none.
  public var value: MeasuredValue

  /// The perturbation of records for networks and inputs as they are.
  public static let clean = "clean"

  /// A record from its parts.
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

  /// The condition's label.
  public var condition: String { network.condition }
  /// Kind of the penalty: `control`, `ws`, `as`, `unknown`.
  public var penalty: String { network.penalty }
  /// Seed of the member.
  public var seed: UInt64 { network.seed }

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
  /// Share of the sheet's units that are above 0 for no image.
  public static let silentUnits = "silent-units"
  /// Variance of activations over units, mean over images, as a share of their mean square.
  public static let unitVariation = "unit-variation"
  /// Variance of activations over images, mean over units, as a share of their mean square.
  public static let imageVariation = "image-variation"
  /// Accuracy up to which a network cannot be told from chance.
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
  /// Its parts by name, in the order of the records.
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
