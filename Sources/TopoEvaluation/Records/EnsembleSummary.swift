import TopoFoundation

/// A measure of the ensembles of `k` networks of a condition: a row of `ensembles.csv`.
public struct EnsembleSummary: Sendable, Hashable, Codable {
  /// The label of the condition.
  public var condition: String
  /// Number of networks in an ensemble.
  public var members: Int
  /// Number of groups of networks that were measured.
  public var groups: Int
  /// Name of the measure.
  public var measure: String
  /// Mean over the groups.
  public var mean: MeasuredValue
  /// Standard deviation over the groups (divided by their number less 1). Groups share networks: it
  /// is no standard error.
  public var standardDeviation: MeasuredValue
  /// The smallest and the largest value of a group; nil if the mean is undefined.
  public var smallest: Double?
  public var largest: Double?
  /// Number of groups without a value.
  public var undefinedGroups: Int

  /// The summary of a value per group.
  public init(condition: String, members: Int, measure: String, values: [MeasuredValue]) {
    let defined = values.compactMap(\.number)
    (self.condition, self.members, self.measure) = (condition, members, measure)
    groups = values.count
    mean =
      defined.isEmpty
      ? .undefined(values.lazy.compactMap(\.reason).first ?? "no groups")
      : MeasuredValue(Statistics.mean(defined))
    standardDeviation = MeasuredValue(
      Statistics.sampleStandardDeviation(defined), orUndefined: "fewer than two values")
    (smallest, largest) = (defined.min(), defined.max())
    undefinedGroups = values.count - defined.count
  }

  /// A row of a file.
  init(
    condition: String, members: Int, groups: Int, measure: String, mean: MeasuredValue,
    standardDeviation: MeasuredValue, range: (smallest: Double?, largest: Double?),
    undefinedGroups: Int
  ) {
    (self.condition, self.members, self.groups) = (condition, members, groups)
    (self.measure, self.mean, self.standardDeviation) = (measure, mean, standardDeviation)
    (smallest, largest) = range
    self.undefinedGroups = undefinedGroups
  }
}
