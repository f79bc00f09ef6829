import TopoFoundation
import TopoStatistics

/// How much two dissimilarity matrices of the same items agree.
///
/// Entries that are undefined in either are dropped from both.
public struct RepresentationalSimilarity: Sendable, Hashable {
  /// Pearson's correlation of the entries.
  public let pearson: MeasuredValue
  /// Its square, which loses the sign.
  public let rSquared: MeasuredValue
  /// Pearson's correlation of the entries' mid-ranks.
  public let spearman: MeasuredValue
  /// Number of entries that both have.
  public let entries: Int

  /// The similarity of two matrices.
  public init(_ first: DissimilarityMatrix, _ second: DissimilarityMatrix) {
    precondition(first.items == second.items, "matrices of the same items")
    let (a, b) = Self.common(first, second)
    self.init(
      pearson: StandardizedVector(a).correlation(with: StandardizedVector(b)),
      spearman: StandardizedVector(Ranks.midranks(a)).correlation(
        with: StandardizedVector(Ranks.midranks(b))), entries: a.count)
  }

  init(pearson: MeasuredValue, spearman: MeasuredValue, entries: Int) {
    (self.pearson, self.spearman, self.entries) = (pearson, spearman, entries)
    rSquared = pearson.number.map { .value($0 * $0) } ?? pearson
  }

  /// Pearson's correlation alone, without sorting.
  static func pearson(
    _ first: DissimilarityMatrix, _ second: DissimilarityMatrix
  ) -> MeasuredValue {
    let (a, b) = common(first, second)
    return StandardizedVector(a).correlation(with: StandardizedVector(b))
  }

  private static func common(
    _ first: DissimilarityMatrix, _ second: DissimilarityMatrix
  ) -> ([Double], [Double]) {
    if first.undefinedEntries == 0 && second.undefinedEntries == 0 {
      return (first.entries, second.entries)
    }
    let kept = first.entries.indices.filter {
      !first.entries[$0].isNaN && !second.entries[$0].isNaN
    }
    return (kept.map { first.entries[$0] }, kept.map { second.entries[$0] })
  }

  /// The similarities of all pairs `first < second` of some matrices, row by row of the upper
  /// triangle.
  static func pairs(_ matrices: [DissimilarityMatrix]) throws -> [RepresentationalSimilarity] {
    // Each matrix is standardized and ranked once if all of its entries are defined.
    let prepared = try concurrentMap(matrices.count) { index in
      let matrix = matrices[index]
      return matrix.undefinedEntries > 0
        ? nil
        : (
          StandardizedVector(matrix.entries), StandardizedVector(Ranks.midranks(matrix.entries))
        )
    }
    let pairs = matrices.indices.flatMap { first in
      ((first + 1)..<max(matrices.count, first + 1)).map { (first, $0) }
    }
    return try concurrentMap(pairs.count) { index in
      let (first, second) = pairs[index]
      guard let a = prepared[first], let b = prepared[second] else {
        return RepresentationalSimilarity(matrices[first], matrices[second])
      }
      return RepresentationalSimilarity(
        pearson: a.0.correlation(with: b.0), spearman: a.1.correlation(with: b.1),
        entries: matrices[first].entries.count)
    }
  }
}
