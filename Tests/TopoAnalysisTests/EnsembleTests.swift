import Foundation
import Testing
import TopoFoundation

@testable import TopoAnalysis

@Suite("Ensembles") struct EnsembleTests {
  @Test("an ensemble averages softmax, not logits") func probabilities() {
    // Softmax (.9, .1) and (.2, .8): mean (.55, .45).
    let logits = [[Float(log(9.0)), 0], [0, Float(log(4.0))]]
    let ensemble = LogitEnsemble(logits: logits, classes: 2, labels: [0])
    #expect(abs(ensemble.probabilities[0] - 0.55) < 1e-7)
    #expect(abs(ensemble.probabilities[1] - 0.45) < 1e-7)
    #expect(ensemble.prediction == [0] && ensemble.accuracy == .value(1))
    #expect(ensemble.memberAccuracies == [.value(1), .value(0)])
    #expect(ensemble.disagreement == .value(1))
    #expect(abs(Double(ensemble.logits[0]) - log(0.55)) < 1e-6)
  }

  @Test("members of three agree by pairs") func disagreement() {
    // Predictions: 0 1 1 0, 0 1 0 0, 1 1 1 0.
    func logits(_ classes: [Int]) -> [Float] { classes.flatMap { $0 == 0 ? [1, 0] : [0, 1] } }
    let ensemble = LogitEnsemble(
      logits: [logits([0, 1, 1, 0]), logits([0, 1, 0, 0]), logits([1, 1, 1, 0])], classes: 2,
      labels: [0, 1, 1, 1])
    #expect(abs(ensemble.disagreement.orNaN - (0.25 + 0.25 + 0.5) / 3) < 1e-12)
    #expect(ensemble.isCorrect[1] == [true, true, false, false])
    // Accuracies .75 and .5: observed .75, expected .5, kappa .5.
    #expect(abs(ensemble.errorConsistency[0][1].kappa.orNaN - 0.5) < 1e-12)
    #expect(ensemble.errorConsistency[1][1].kappa == .value(1))
    #expect(ensemble.meanErrorConsistency.number != nil)
    #expect(ensemble.accuracy == .value(0.75))
  }

  @Test("ties go to the lowest class; large logits do not overflow") func ties() {
    let ensemble = LogitEnsemble(
      logits: [[3, 3, 1, 1e30, -1e30, 1e30]], classes: 3, labels: [1, 0])
    #expect(ensemble.prediction == [0, 0] && ensemble.invalid == 0)
    #expect(ensemble.probabilities.allSatisfy(\.isFinite) && ensemble.logits.allSatisfy(\.isFinite))
    #expect(ensemble.disagreement.reason == "fewer than two members")
    #expect(ensemble.meanErrorConsistency.number == nil)
  }

  @Test("rows that are not finite are misclassified and counted") func invalid() {
    let ensemble = LogitEnsemble(
      logits: [[1, 0, .nan, 0], [1, 0, 1, 0]], classes: 2, labels: [0, 0])
    #expect(ensemble.invalid == 1 && ensemble.prediction == [0, -1])
    #expect(ensemble.accuracy == .value(0.5) && ensemble.disagreement == .value(0.5))
    #expect(ensemble.memberAccuracies == [.value(0.5), .value(1)])
    #expect(ensemble.logits[2].isNaN)
    let none = LogitEnsemble(logits: [[], []], classes: 2, labels: [])
    #expect(none.accuracy.reason == "no images" && none.disagreement.number == nil)
    #expect(none.errorConsistency[0][1].kappa.reason == "no images")
  }

  @Test("error consistency of equal, independent and complementary errors") func consistency() {
    let first = [true, true, false, false]
    #expect(ErrorConsistency(first, first).kappa == .value(1))
    #expect(ErrorConsistency(first, [true, false, true, false]).kappa == .value(0))
    #expect(ErrorConsistency(first, [false, false, true, true]).kappa == .value(-1))
    let always = [Bool](repeating: true, count: 3)
    #expect(ErrorConsistency(always, always).kappa.number == nil)
    #expect(ErrorConsistency(always, always).expected == .value(1))
    #expect(ErrorConsistency(always, always.map { !$0 }).kappa == .value(0))
  }

  @Test("soft labels: cross-entropy, divergence and accuracies") func softLabels() throws {
    let labels = try SoftLabels([3, 1, 0, 0, 2, 2], classes: 3)
    #expect(labels.values == [0.75, 0.25, 0, 0, 0.5, 0.5] && labels.majority == [0, 1])
    // Softmax: (.5, .25, .25), (.2, .4, .4).
    let logits = [Float(log(2.0)), 0, 0, 0, Float(log(2.0)), Float(log(2.0))]
    let found = labels.agreement(logits: logits)
    let first = -(0.75 * log(0.5) + 0.25 * log(0.25))
    let cross = (first - log(0.4)) / 2
    #expect(abs(found.crossEntropy.orNaN - cross) < 1e-7)
    #expect(abs(found.divergence.orNaN - (cross - labels.entropy.orNaN)) < 1e-7)
    #expect(found.expectedAccuracy == .value(0.625) && found.majorityAccuracy == .value(1))
    // Logits that are the labels' logarithms have no divergence.
    let own = try SoftLabels([1, 3], classes: 2).agreement(logits: [0, Float(log(3.0))])
    #expect(abs(own.divergence.orNaN) < 1e-7)
    // A class that the network excludes costs much, but not without bound.
    let far = try SoftLabels([1, 1], classes: 2).agreement(logits: [0, 1000])
    #expect(far.crossEntropy == .value(500))
  }

  @Test("soft labels must be shares; rows that are not finite are counted") func badLabels() throws
  {
    #expect(throws: UserError.self) { try SoftLabels([0, 0], classes: 2) }
    #expect(throws: UserError.self) { try SoftLabels([1, -1], classes: 2) }
    #expect(throws: UserError.self) { try SoftLabels([1, .nan], classes: 2) }
    let labels = try SoftLabels([1, 0, 1, 0], classes: 2)
    let found = labels.agreement(logits: [.nan, 0, 5, 0])
    #expect(found.invalid == 1 && found.expectedAccuracy == .value(0.5))
    #expect(found.crossEntropy.orNaN < 0.01)
    #expect(labels.agreement(logits: [.nan, 0, .infinity, 0]).crossEntropy.number == nil)
    #expect(try SoftLabels([], classes: 2).entropy.reason == "no images")
  }
}
