import Foundation
import TopoAnalysis
import TopoFoundation

/// Ensembles of the networks of each condition, from their logits of the same images.
///
/// For each condition and each number of members `k` (`EnsembleGroups.sizes`), groups of `k`
/// networks classify together: their probabilities are the mean of the members'. Networks are
/// taken by ascending seed, so that results do not depend on their order or on other conditions.
///
/// ```swift
/// let ensembles = try PopulationEnsembles(networks, classes: 10, labels: labels)
/// let summaries = try ensembles.summaries()
/// ```
///
/// Sources: Lakshminarayanan et al., "Simple and scalable predictive uncertainty estimation using
/// deep ensembles" (NeurIPS 2017); `ErrorConsistency`.
public struct PopulationEnsembles: Sendable {
  /// A network.
  public struct Network: Sendable {
    /// The label of its condition.
    public var condition: String
    /// Its seed.
    public var seed: UInt64
    /// Dense `[image, class]`.
    public var logits: [Float]

    /// A network's logits.
    public init(condition: String, seed: UInt64, logits: [Float]) {
      (self.condition, self.seed, self.logits) = (condition, seed, logits)
    }
  }

  private let conditions: [ConditionEnsembles]
  /// By network: its condition, and its number in it.
  private let places: [(condition: Int, member: Int)]

  /// Ensembles of some networks.
  /// - Parameters:
  ///   - labels: correct class of each image, in `0..<classes`.
  ///   - people: how people classified the images; nil if unknown.
  public init(
    _ networks: [Network], classes: Int, labels: [Int32], people: SoftLabels? = nil
  ) throws {
    var names: [String] = []
    var byCondition: [String: [Int]] = [:]
    for (index, network) in networks.enumerated() {
      if byCondition[network.condition] == nil { names.append(network.condition) }
      byCondition[network.condition, default: []].append(index)
    }
    var places = networks.map { _ in (condition: 0, member: 0) }
    conditions = try names.enumerated().map { number, name in
      let sorted = (byCondition[name] ?? []).sorted { networks[$0].seed < networks[$1].seed }
      for (member, index) in sorted.enumerated() { places[index] = (number, member) }
      return try ConditionEnsembles(
        name, sorted.map { networks[$0].logits }, classes: classes, labels: labels, people: people)
    }
    self.places = places
  }

  /// The ensembles of all conditions with two networks or more, by condition, number of members and
  /// measure.
  /// - Parameter progress: called with the share that is done, from 0 to 1.
  public func summaries(progress: (Double) -> Void = { _ in }) throws -> [EnsembleSummary] {
    var summaries: [EnsembleSummary] = []
    for (index, condition) in conditions.enumerated() {
      summaries += try condition.summaries()
      progress(Double(index + 1) / Double(conditions.count))
    }
    return summaries
  }

  /// The values of a network that `EnsembleMeasure.ofNetworks` names.
  public func values(ofNetwork index: Int) -> [MeasuredValue] {
    conditions[places[index].condition].values(of: places[index].member)
  }
}

/// The networks of a condition, by ascending seed.
struct ConditionEnsembles: Sendable {
  private let name: String
  private let classes: Int
  private let labels: [Int32]
  private let people: SoftLabels?
  private let softmax: [SoftmaxRows]
  private let own: [ClassificationMeasures]
  /// Of pairs of networks, dense `[network, network]`, the first below the second.
  private let disagreements: [MeasuredValue]
  private let kappas: [MeasuredValue]

  init(
    _ name: String, _ logits: [[Float]], classes: Int, labels: [Int32], people: SoftLabels?
  ) throws {
    let networks = try concurrentMap(logits.count) { index in
      (
        SoftmaxRows(logits[index], classes: classes),
        ClassificationMeasures(logits: logits[index], classes: classes, labels: labels)
      )
    }
    (self.name, self.classes, self.labels, self.people) = (name, classes, labels, people)
    let softmax = networks.map(\.0)
    (self.softmax, own) = (softmax, networks.map(\.1))
    let correct = softmax.map { zip($0.predictions, labels).map { $0 == $1 } }
    let count = logits.count
    let pairs = try concurrentMap(count * count) { index -> (MeasuredValue, MeasuredValue) in
      let (first, second) = (index / count, index % count)
      guard first < second else { return (.undefined(""), .undefined("")) }
      let different = LogitEnsemble.disagreement(
        softmax[first].predictions, softmax[second].predictions)
      return (
        MeasuredValue(different, orUndefined: "no images"),
        ErrorConsistency(correct[first], correct[second]).kappa
      )
    }
    (disagreements, kappas) = (pairs.map(\.0), pairs.map(\.1))
  }

  func summaries() throws -> [EnsembleSummary] {
    try EnsembleGroups.sizes(upTo: softmax.count).flatMap { size in
      let groups = EnsembleGroups.groups(of: size, from: softmax.count)
      let values = try concurrentMap(groups.count) { self.values(ofGroup: groups[$0]) }
      let names =
        EnsembleMeasure.allCases.map(\.rawValue) + (people == nil ? [] : EnsembleMeasure.people)
      return names.enumerated().map { index, measure in
        EnsembleSummary(
          condition: name, members: size, measure: measure, values: values.map { $0[index] })
      }
    }
  }

  /// The values of an ensemble, in the order of their names.
  private func values(ofGroup group: [Int]) -> [MeasuredValue] {
    let ensemble = LogitEnsemble(group.map { softmax[$0] }, classes: classes, labels: labels)
    let (likelihood, calibration) = measures(of: ensemble)
    func member(_ value: (ClassificationMeasures) -> MeasuredValue) -> MeasuredValue {
      DefinedMean(group.map { value(own[$0]) }, orUndefined: "no networks").mean
    }
    let pairs = group.enumerated().flatMap { index, first in
      group[(index + 1)...].map { first * softmax.count + $0 }
    }
    return [
      ensemble.accuracy, member(\.accuracy), likelihood, member(\.negativeLogLikelihood),
      calibration.expectedError, member(\.calibration.expectedError),
      mean(pairs.map { disagreements[$0] }), mean(pairs.map { kappas[$0] }),
    ] + (people.map { PeopleAgreement.values(of: ensemble, labels: labels, people: $0) } ?? [])
  }

  /// Cross-entropy and calibration of the mean probabilities. Images with logits that are not finite
  /// are skipped. Probabilities below the smallest normal number count as it: 708 nats.
  private func measures(of ensemble: LogitEnsemble) -> (MeasuredValue, Calibration) {
    var (sum, confidences, correct) = (0.0, [Double](), [Bool]())
    for (image, prediction) in ensemble.prediction.enumerated() where prediction >= 0 {
      let row = image * classes
      sum -= log(max(ensemble.probabilities[row + Int(labels[image])], .leastNormalMagnitude))
      // The sum of rounded shares may be above 1 by rounding.
      confidences.append(min(ensemble.probabilities[row + Int(prediction)], 1))
      correct.append(prediction == labels[image])
    }
    let reason = labels.isEmpty ? "no images" : "no image has finite logits"
    return (
      MeasuredValue(sum / Double(confidences.count), orUndefined: reason),
      Calibration(confidences: confidences, correct: correct)
    )
  }

  /// Disagreement and error consistency of a network with the others, means over them.
  func values(of member: Int) -> [MeasuredValue] {
    let pairs = softmax.indices.filter { $0 != member }.map {
      min($0, member) * softmax.count + max($0, member)
    }
    return [mean(pairs.map { disagreements[$0] }), mean(pairs.map { kappas[$0] })]
  }

  private func mean(_ values: [MeasuredValue]) -> MeasuredValue {
    DefinedMean(values, orUndefined: "the condition has no other seed").mean
  }
}
