import TopoAnalysis

/// An analysis that needs more than the layer of a single network.
public enum NetworkAnalysis: String, Sendable, Hashable, CaseIterable {
  /// Similarities of all pairs of networks.
  case comparison
  /// Ensembles of the networks of each condition.
  case ensembles
  /// Classifications beside those of people.
  case people

  /// Its name in lists of analyses.
  public var name: String { rawValue }

  /// What it finds out, in one line.
  public var summary: String {
    switch self {
    case .comparison: "similarities of all pairs of networks"
    case .ensembles: "accuracy, calibration and diversity of several seeds of a condition together"
    case .people: "agreement of classifications with those of people"
    }
  }

  /// Its measures.
  public var measures: [MeasureDescription] {
    switch self {
    case .comparison: PopulationComparison.measures
    case .ensembles: EnsembleMeasure.descriptions
    case .people: PeopleAgreement.measures + [PeopleAgreement.ofLabels]
    }
  }

  /// What has a value of each measure, for users.
  public var subjects: String {
    switch self {
    case .comparison: "one per pair of networks"
    case .ensembles: "one per condition and number of networks, or per network (-to-other-seeds)"
    case .people: "one per network"
    }
  }

  /// Whether it depends on where units are.
  var usesLayout: Bool { self == .comparison }

  /// What it needs of the networks, as part of a sentence; nil if they are enough.
  /// - Parameter conditions: by network: the label of its condition.
  func need(_ conditions: [String]) -> String? {
    switch self {
    case .comparison: conditions.count < 2 ? "two networks or more" : nil
    case .ensembles:
      Set(conditions).count == conditions.count ? "two seeds of a condition or more" : nil
    case .people: nil
    }
  }
}
