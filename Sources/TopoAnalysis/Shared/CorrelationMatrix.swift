import TopoFoundation

/// Pearson correlations of units over images.
public struct CorrelationMatrix: Sendable {
  /// Number of units.
  public let units: Int
  /// Whether a unit has correlations: its responses are not constant.
  public let isDefined: [Bool]
  /// Dense `[unit, unit]`, in [-1, 1]; NaN for units without correlations.
  private let values: [Double]

  /// The correlations of the columns of `activations`. Sums are in Float64; their order does not
  /// depend on the machine or the number of threads.
  ///
  /// A unit whose variance is at most 1e-12 of the layer's mean square has none.
  public init(_ activations: Activations) {
    self.init(activations, UnitMoments(activations))
  }

  /// The same with moments that are known.
  init(_ activations: Activations, _ moments: UnitMoments) {
    let rows = StandardizedResponses(activations, moments)
    self.init(standardized: rows.values, rows.isDefined, columns: activations.images)
  }

  /// The same of the columns of Float64 values, such as class means: a row per class, a column per
  /// unit.
  init(_ features: FeatureMatrix) {
    guard features.rows > 0 else {
      let isDefined = [Bool](repeating: false, count: features.columns)
      self.init(standardized: [], isDefined, columns: 0)
      return
    }
    let (rows, isDefined) = features.transposed().standardizedRows()
    self.init(standardized: rows.values, isDefined, columns: features.rows)
  }

  /// - Parameter rows: by unit, with mean 0 and length 1.
  private init(standardized rows: [Double], _ isDefined: [Bool], columns: Int) {
    let units = isDefined.count
    var values =
      columns > 0
      ? RowProducts.matrix(FeatureMatrix(rows, columns: columns))
      : [Double](repeating: 0, count: units * units)
    for first in 0..<units {
      for second in 0..<units {
        let index = first * units + second
        values[index] =
          isDefined[first] && isDefined[second] ? min(max(values[index], -1), 1) : .nan
      }
      if isDefined[first] { values[first * units + first] = 1 }
    }
    (self.units, self.isDefined, self.values) = (units, isDefined, values)
  }

  /// Given correlations of units, dense `[unit, unit]`.
  init(_ values: [Double], units: Int) {
    precondition(values.count == units * units, "a value per pair of units")
    (self.units, self.values) = (units, values)
    isDefined = [Bool](repeating: true, count: units)
  }

  /// The correlation of two units; nil if one of them has constant responses.
  public subscript(first: Int, second: Int) -> Double? {
    let value = values[first * units + second]
    return value.isNaN ? nil : value
  }

  /// Indices of the units that have correlations, ascending.
  public var defined: [Int] { isDefined.indices.filter { isDefined[$0] } }

  /// The correlations of all pairs of units that have one, `first < second`, ascending.
  public var pairs: [Double] {
    let units = defined
    return units.indices.flatMap { first in
      units[(first + 1)...].map { values[units[first] * self.units + $0] }
    }
  }
}
