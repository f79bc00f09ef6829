import TopoCompute

extension Reference {
  /// `L = sum over pairs of weight * delta(m_u, m_v)` and `dL/dM`.
  /// - Parameter values: the tensor that `matrix` reads; the gradient is laid out alike, zero
  ///   where the matrix does not reach.
  public static func neighborPenalty(
    _ metric: PenaltyMetric, graph: NeighborGraph, matrix: PenaltyMatrix, values: Dense
  ) -> (value: Double, gradient: Dense) {
    func position(_ unit: Int, _ feature: Int) -> Int {
      unit * matrix.unitStride + feature * matrix.featureStride
    }
    let rows = (0..<matrix.units).map { unit in
      (0..<matrix.features).map { values.values[position(unit, $0)] }
    }
    var value = 0.0
    var gradient = Dense(zeros: values.shape)
    for pair in graph.pairs {
      let (first, second) = (rows[pair.first], rows[pair.second])
      let weight = Double(pair.weight)
      let (forward, backward): (RowGradient, RowGradient)
      switch metric {
      case .euclidean:
        forward = euclidean(first, second)
        backward = euclidean(second, first)
      case .cosine:
        forward = cosine(first, second)
        backward = cosine(second, first)
      case .correlation:
        forward = correlation(first, second)
        backward = correlation(second, first)
      }
      value += weight * forward.value
      for feature in 0..<matrix.features {
        gradient.values[position(pair.first, feature)] += weight * forward.gradient[feature]
        gradient.values[position(pair.second, feature)] += weight * backward.gradient[feature]
      }
    }
    return (value, gradient)
  }

  /// A dissimilarity and its gradient with respect to the first row.
  typealias RowGradient = (value: Double, gradient: [Double])

  /// `||x - y||`; gradient zero where the rows are equal.
  static func euclidean(_ x: [Double], _ y: [Double]) -> RowGradient {
    let difference = zip(x, y).map { $0 - $1 }
    let distance = norm(difference)
    return (distance, difference.map { distance == 0 ? 0 : $0 / distance })
  }

  /// `1 - <x, y> / D` with `D = ||x|| ||y|| + 1e-8`; value 1 and gradient 0 if a row is zero.
  static func cosine(_ x: [Double], _ y: [Double]) -> RowGradient {
    let (xNorm, yNorm) = (norm(x), norm(y))
    if xNorm == 0 || yNorm == 0 { return (1, x.map { _ in 0 }) }
    let denominator = xNorm * yNorm + 1e-8
    let product = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
    let gradient = zip(x, y).map { x, y in
      product * yNorm * x / (xNorm * denominator * denominator) - y / denominator
    }
    return (1 - product / denominator, gradient)
  }

  /// Cosine of the rows less their means; value 1 and gradient 0 if a row is constant.
  static func correlation(_ x: [Double], _ y: [Double]) -> RowGradient {
    let result = cosine(centered(x), centered(y))
    return (result.value, centered(result.gradient))
  }

  private static func centered(_ row: [Double]) -> [Double] {
    // Shifting by the first element first makes constant rows exactly zero.
    let shifted = row.map { $0 - row[0] }
    let mean = shifted.reduce(0, +) / Double(row.count)
    return shifted.map { $0 - mean }
  }

  private static func norm(_ row: [Double]) -> Double {
    row.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  /// Moore neighborhoods of a `rows` x `columns` sheet without wrap-around: each undirected pair
  /// once, all of weight one over their number, so that the penalty is a mean over pairs.
  public static func mooreGraph(rows: Int, columns: Int) -> NeighborGraph {
    var pairs: [NeighborGraph.Pair] = []
    for row in 0..<rows {
      for column in 0..<columns {
        for (down, right) in [(0, 1), (1, -1), (1, 0), (1, 1)]
        where row + down < rows && (0..<columns).contains(column + right) {
          pairs.append(
            .init(
              row * columns + column, (row + down) * columns + column + right, weight: 1))
        }
      }
    }
    let weight = 1 / Float(max(pairs.count, 1))
    return NeighborGraph(
      units: rows * columns, pairs: pairs.map { .init($0.first, $0.second, weight: weight) })
  }
}
