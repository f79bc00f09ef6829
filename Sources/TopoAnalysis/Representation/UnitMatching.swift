import TopoFoundation

/// Units of two layers matched by their responses to the same images.
///
/// The score of two units is Pearson's correlation of their responses. Matching one to one
/// maximizes the sum of scores (Li et al., "Convergent learning", ICLR 2016). The mean correlation
/// of matched units is biased upward, because the largest are chosen: `heldOutCorrelation`
/// therefore matches on every other image and measures on those between, which is 0 on average
/// for unrelated layers. Soft matching lets units share partners, so that layers of different sizes
/// compare fairly (Khosla and Williams, "Soft matching distance", 2024); for layers of one size it
/// equals the mean correlation.
///
/// Units with constant responses take no part.
public struct UnitMatching: Sendable, Hashable {
  /// By unit of the first layer: the unit of the second; nil if it has none.
  public let partners: [Int?]
  /// By unit of the first layer: the correlation with its partner.
  public let correlations: [MeasuredValue]
  /// Mean of the correlations of matched units.
  public let correlation: MeasuredValue
  /// The same on images that the matching does not use.
  public let heldOutCorrelation: MeasuredValue
  /// Mean correlation under the best transport plan between all units of both layers.
  public let softCorrelation: MeasuredValue

  /// Matches the units of two layers.
  /// - Parameters:
  ///   - first: responses, `[image, unit]`.
  ///   - second: responses to the same images; the number of units may differ.
  public init(_ first: FeatureMatrix, _ second: FeatureMatrix) {
    precondition(first.rows == second.rows, "the same images")
    let scores = UnitScores(first, second)
    let matched = scores.assignment()
    var partners = [Int?](repeating: nil, count: first.columns)
    var correlations = [MeasuredValue](
      repeating: .undefined("no partner"), count: first.columns)
    for unit in 0..<first.columns where !scores.isFirstDefined[unit] {
      correlations[unit] = .undefined("constant responses")
    }
    for pair in matched {
      partners[pair.first] = pair.second
      correlations[pair.first] = .value(pair.score)
    }
    (self.partners, self.correlations) = (partners, correlations)
    correlation = Self.mean(matched.map(\.score))
    heldOutCorrelation = Self.heldOut(first, second)
    let isSquare = scores.firstUnits.count == scores.secondUnits.count
    softCorrelation =
      isSquare
      ? correlation
      : TransportPlan.maximum(
        scores: scores.values, rows: scores.firstUnits.count, columns: scores.secondUnits.count)
  }

  /// Mean score of the pairs that the even images match, on the odd ones, and the reverse.
  private static func heldOut(_ first: FeatureMatrix, _ second: FeatureMatrix) -> MeasuredValue {
    let halves = [0, 1].map { parity in
      UnitScores(everyOther(first, parity), everyOther(second, parity))
    }
    var scores: [Double] = []
    for (train, test) in [(halves[0], halves[1]), (halves[1], halves[0])] {
      for pair in train.assignment() {
        if let score = test.score(pair.first, pair.second) { scores.append(score) }
      }
    }
    return mean(scores)
  }

  private static func everyOther(_ matrix: FeatureMatrix, _ parity: Int) -> FeatureMatrix {
    var values: [Double] = []
    values.reserveCapacity(matrix.values.count / 2 + matrix.columns)
    for row in stride(from: parity, to: matrix.rows, by: 2) {
      values += matrix.values[row * matrix.columns..<(row + 1) * matrix.columns]
    }
    return FeatureMatrix(values, columns: matrix.columns)
  }

  private static func mean(_ scores: [Double]) -> MeasuredValue {
    MeasuredValue(Statistics.mean(scores), orUndefined: "no units with varying responses")
  }
}

/// Correlations of the units of one layer with those of another.
struct UnitScores: Sendable {
  /// Units of the first layer whose responses vary: rows of `values`.
  let firstUnits: [Int]
  /// Units of the second layer whose responses vary: columns of `values`.
  let secondUnits: [Int]
  /// Whether the responses of a unit of the first layer vary.
  let isFirstDefined: [Bool]
  /// Dense `[first, second]`, units that vary alone.
  let values: [Double]
  private let rowOfUnit: [Int?]
  private let columnOfUnit: [Int?]

  init(_ first: FeatureMatrix, _ second: FeatureMatrix) {
    let (a, isFirst) = Self.units(first)
    let (b, isSecond) = Self.units(second)
    isFirstDefined = isFirst
    firstUnits = isFirst.indices.filter { isFirst[$0] }
    secondUnits = isSecond.indices.filter { isSecond[$0] }
    values = RowProducts.matrix(a, b).map { min(max($0, -1), 1) }
    rowOfUnit = Self.indices(isFirst)
    columnOfUnit = Self.indices(isSecond)
  }

  /// The correlation of two units; nil if one is constant.
  func score(_ first: Int, _ second: Int) -> Double? {
    guard let row = rowOfUnit[first], let column = columnOfUnit[second] else { return nil }
    return values[row * secondUnits.count + column]
  }

  /// The best pairs of units that vary, ascending by unit of the first layer.
  func assignment() -> [(first: Int, second: Int, score: Double)] {
    let columns = secondUnits.count
    let found = Assignment.maximum(scores: values, rows: firstUnits.count, columns: columns)
    return found.enumerated().compactMap { row, column in
      column.map { (firstUnits[row], secondUnits[$0], values[row * columns + $0]) }
    }
  }

  /// Standardized responses of the units that vary, `[unit, image]`, and which those are.
  private static func units(_ matrix: FeatureMatrix) -> (FeatureMatrix, [Bool]) {
    let (rows, isDefined) = matrix.transposed().standardizedRows()
    guard isDefined.contains(false) else { return (rows, isDefined) }
    let kept = isDefined.indices.filter { isDefined[$0] }.flatMap {
      rows.values[$0 * rows.columns..<($0 + 1) * rows.columns]
    }
    return (FeatureMatrix(kept, columns: rows.columns), isDefined)
  }

  private static func indices(_ isDefined: [Bool]) -> [Int?] {
    var next = 0
    return isDefined.map { defined in
      defer { next += defined ? 1 : 0 }
      return defined ? next : nil
    }
  }
}
