import TopoFoundation

/// A similarity of all pairs of members of a population.
public struct PopulationSimilarities: Sendable, Hashable, Codable {
  /// A network of a population.
  public struct Member: Sendable, Hashable, Codable {
    /// Its condition: `control`, `ws 0.5`.
    public var condition: String
    /// Its seed. Members of one seed share initial values and order of images, whatever their
    /// condition, and are similar for that reason.
    public var seed: UInt64

    /// A network of a condition and a seed.
    public init(condition: String, seed: UInt64) { (self.condition, self.seed) = (condition, seed) }
  }

  /// Name of the measure.
  public let measure: String
  /// The members.
  public let members: [Member]
  /// Of pairs `first < second`, row by row of the upper triangle.
  public let pairs: [MeasuredValue]

  /// Similarities of the pairs `first < second`, row by row of the upper triangle.
  public init(measure: String, members: [Member], pairs: [MeasuredValue]) {
    precondition(pairs.count == members.count * (members.count - 1) / 2, "a value per pair")
    (self.measure, self.members, self.pairs) = (measure, members, pairs)
  }

  /// All conditions, in the order of their first members.
  public var conditions: [String] { Self.conditions(of: members) }

  static func conditions(of members: [Member]) -> [String] {
    var seen: Set<String> = []
    return members.map(\.condition).filter { seen.insert($0).inserted }
  }

  /// The similarity of two members; nil of a member with itself.
  public subscript(first: Int, second: Int) -> MeasuredValue? {
    guard first != second else { return nil }
    let (a, b) = (min(first, second), max(first, second))
    return pairs[a * (2 * members.count - a - 1) / 2 + b - a - 1]
  }

  /// Mean similarity over the pairs of different seeds inside a condition, or between two.
  public func summary(_ first: String, _ second: String) -> SeedPairSummary {
    summary { a, b in
      (a.condition == first && b.condition == second)
        || (a.condition == second && b.condition == first)
    }
  }

  /// The same over all pairs inside conditions.
  public var within: SeedPairSummary { summary { $0.condition == $1.condition } }

  /// The same over all pairs of members of different conditions.
  public var between: SeedPairSummary { summary { $0.condition != $1.condition } }

  /// The same over the pairs for which `isUsed` holds.
  public func summary(where isUsed: (Member, Member) -> Bool) -> SeedPairSummary {
    var used: [SeedPairSummary.Pair] = []
    var index = 0
    for first in members.indices {
      for second in (first + 1)..<max(members.count, first + 1) {
        if isUsed(members[first], members[second]) {
          used.append(
            SeedPairSummary.Pair(
              first: members[first].seed, second: members[second].seed, value: pairs[index]))
        }
        index += 1
      }
    }
    return SeedPairSummary(used)
  }

  /// The matrix as a table: a row and a column per member; nil on the diagonal.
  public var table: AnalysisResult.Table {
    AnalysisResult.Table(
      measure, columns: members.map { "\($0.condition) seed \($0.seed)" },
      rows: members.indices.map { first in
        members.indices.map { self[first, $0]?.number }
      })
  }

  /// The summaries of all pairs of conditions as a table. Conditions are indices in `conditions`.
  public var summaryTable: AnalysisResult.Table {
    let conditions = conditions
    var rows: [[Double?]] = []
    for first in conditions.indices {
      for second in first..<conditions.count {
        let summary = summary(conditions[first], conditions[second])
        rows.append([
          Double(first), Double(second), summary.mean.number, summary.standardError.number,
          Double(summary.pairs), summary.sameSeedMean.number, Double(summary.sameSeedPairs),
          Double(summary.undefined),
        ])
      }
    }
    return AnalysisResult.Table(
      "\(measure)-by-condition",
      columns: [
        "first condition", "second condition", "mean", "standard error", "pairs", "same-seed mean",
        "same-seed pairs", "undefined pairs",
      ], rows: rows)
  }
}
