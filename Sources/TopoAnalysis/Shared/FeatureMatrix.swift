/// Rows of features in Float64: images by units, classes by units, or units by inputs.
public struct FeatureMatrix: Sendable, Hashable {
  /// Number of rows.
  public let rows: Int
  /// Number of features of a row.
  public let columns: Int
  /// Dense `[row, column]`.
  public let values: [Double]

  /// Rows of `columns` features each, dense `[row, column]`.
  public init(_ values: [Double], columns: Int) {
    precondition(columns > 0 && values.count.isMultiple(of: columns), "rows are of one length")
    (self.values, self.columns) = (values, columns)
    rows = values.count / columns
  }

  /// Responses: a row per image, a column per unit.
  public init(_ activations: Activations) {
    self.init(activations.values.map(Double.init), columns: activations.units)
  }

  /// Incoming weights: a row per unit, a column per input.
  public init(_ weights: LayerData.Weights) {
    self.init(weights.values.map(Double.init), columns: weights.inputs)
  }

  /// The matrix minus the mean of each column, the mean first.
  public func centered() -> FeatureMatrix {
    var means = [Double](repeating: 0, count: columns)
    var centered = values
    means.withUnsafeMutableBufferPointer { means in
      centered.withUnsafeMutableBufferPointer { values in
        for row in 0..<rows {
          for column in 0..<columns { means[column] += values[row * columns + column] }
        }
        for column in 0..<columns { means[column] /= Double(max(rows, 1)) }
        for row in 0..<rows {
          for column in 0..<columns { values[row * columns + column] -= means[column] }
        }
      }
    }
    return FeatureMatrix(centered, columns: columns)
  }

  /// Rows become columns.
  public func transposed() -> FeatureMatrix {
    var transposed = [Double](repeating: 0, count: values.count)
    values.withUnsafeBufferPointer { source in
      transposed.withUnsafeMutableBufferPointer { target in
        // Blocks of 32 x 32 values, so that both sides stay in the cache.
        for top in stride(from: 0, to: rows, by: 32) {
          for left in stride(from: 0, to: columns, by: 32) {
            for row in top..<min(top + 32, rows) {
              for column in left..<min(left + 32, columns) {
                target[column * rows + row] = source[row * columns + column]
              }
            }
          }
        }
      }
    }
    return FeatureMatrix(transposed, columns: max(rows, 1))
  }

  /// Sum of the squares of all values, in order.
  var sumOfSquares: Double {
    values.withUnsafeBufferPointer { values in
      var sum = 0.0
      for value in values { sum += value * value }
      return sum
    }
  }

  /// Each row minus its mean, scaled to length 1; rows whose variance is at most 1e-12 of the mean
  /// square of the matrix are constant and become zeros.
  func standardizedRows() -> (rows: FeatureMatrix, isDefined: [Bool]) {
    let least = 1e-12 * sumOfSquares / Double(max(values.count, 1)) * Double(columns)
    var scaled = values
    var isDefined = [Bool](repeating: false, count: rows)
    scaled.withUnsafeMutableBufferPointer { values in
      for row in 0..<rows {
        let range = row * columns..<(row + 1) * columns
        var mean = 0.0
        for index in range { mean += values[index] }
        mean /= Double(columns)
        var squares = 0.0
        for index in range {
          let z = values[index] - mean
          values[index] = z
          squares += z * z
        }
        isDefined[row] = squares > least
        let scale = squares > least ? 1 / squares.squareRoot() : 0
        for index in range { values[index] *= scale }
      }
    }
    return (FeatureMatrix(scaled, columns: columns), isDefined)
  }
}
