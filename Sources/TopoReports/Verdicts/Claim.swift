import TopoEvaluation

/// A sentence about what penalties do, with the measures that decide about it.
struct Claim: Sendable {
  /// What a measure does compared with control if the claim holds.
  enum Direction: String, Sendable {
    case larger, smaller
    /// It is larger or smaller.
    case other
    /// It is not larger.
    case notLarger
  }

  /// The smallest difference that matters.
  enum Smallest: Sendable, Hashable {
    /// In the unit of the measure.
    case absolute(Double)
    /// As a share of the mean of the control networks.
    case relative(Double)
  }

  /// A measure of a claim: that of a network is the mean over several, each the mean over
  /// severities.
  struct Test: Sendable {
    /// What is measured, in words.
    var title: String
    /// The measures whose mean counts, given the perturbations that were evaluated.
    var measures: @Sendable (StudyResults) -> [ComparedMeasure]
    var direction: Direction
    var smallest: Smallest
    /// What values are multiplied by, and their unit afterwards.
    var scale = 1.0
    var unit = ""
    /// What has to be evaluated for it.
    var needs: String
    /// Whether the measure is relative to clean accuracy, so that a row says if that differs, too.
    var isChangeOfAccuracy = false
  }

  /// The sentence, in our words.
  var sentence: String
  /// Kinds of penalties that it is about: `ws`, `as`.
  var penalties: Set<String>
  /// The data set that it is about; nil for all.
  var dataset: String?
  var tests: [Test]

  /// Whether it is about a penalty.
  func isAbout(_ family: ConditionFamily) -> Bool { penalties.contains(family.penalty) }
}

extension Claim.Test {
  /// A measure of clean images.
  init(
    _ title: String, _ measure: String, _ direction: Claim.Direction,
    _ smallest: Claim.Smallest, unit: String = "", needs: String
  ) {
    self.init(
      title: title, measures: { _ in [ComparedMeasure(measure)] }, direction: direction,
      smallest: smallest, unit: unit, needs: needs)
  }

  /// The change of accuracy under all perturbations of some kind, in percentage points.
  init(
    change title: String, needs: String, under includes: @escaping @Sendable (String) -> Bool
  ) {
    self.init(
      title: title,
      measures: { study in
        study.perturbations.filter(includes).map {
          ComparedMeasure(ComparedMeasure.accuracyChange, under: $0)
        }
      }, direction: .larger, smallest: .absolute(0.01), scale: 100, unit: "points", needs: needs,
      isChangeOfAccuracy: true)
  }
}
