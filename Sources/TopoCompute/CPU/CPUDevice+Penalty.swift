extension CPUDevice {
  /// `Device.neighborPenalty`; pair by pair in double precision.
  public func neighborPenalty(
    _ metric: PenaltyMetric, graph: NeighborGraph, matrix: PenaltyMatrix, scale: Float,
    values: Tensor, lambdas: Tensor, value: Tensor, gradient: Tensor
  ) throws -> any Operation {
    let (units, features) = (matrix.units, matrix.features)
    // Rows side by side, padded with zeros to whole vectors; then their gradients; then norms.
    let stride = (features + 7) / 8 * 8
    let workspace = CPUView<Float>(
      try makeTensor(
        members: gradient.members, shape: [2 * units * stride], elementType: .float32,
        lifetime: .step))
    let (m, dm) = (CPUView<Float>(values), CPUView<Float>(gradient))
    let (lambdas, total) = (CPUView<Float>(lambdas), CPUView<Float>(value))

    return CPUOperation("neighbor-penalty/\(metric.rawValue)", members: gradient.members) {
      member, team in
      let lambda = lambdas[member, team][0]
      guard lambda != 0 else { return }
      let rows = PenaltyRows(
        rows: workspace[member, team], gradients: workspace[member, team] + units * stride,
        units: units, features: features, stride: stride)
      team.once {
        rows.load(m[member, team], matrix, centered: metric == .correlation)
        let penalty =
          metric == .euclidean ? rows.euclidean(graph) : rows.cosine(graph)
        total[member, team][0] += Float(penalty * Double(scale))
        rows.add(to: dm[member, team], matrix, factor: lambda * scale)
      }
    }
  }
}

/// The rows of a penalty's matrix, packed, with a gradient for each.
struct PenaltyRows {
  let rows: UnsafeMutablePointer<Float>
  let gradients: UnsafeMutablePointer<Float>
  let units: Int
  let features: Int
  let stride: Int

  private func row(_ unit: Int) -> UnsafeMutablePointer<Float> { rows + unit * stride }
  private func gradient(_ unit: Int) -> UnsafeMutablePointer<Float> { gradients + unit * stride }

  func load(_ source: UnsafeMutablePointer<Float>, _ matrix: PenaltyMatrix, centered: Bool) {
    rows.update(repeating: 0, count: 2 * units * stride)
    for unit in 0..<units {
      let (from, to) = (source + unit * matrix.unitStride, row(unit))
      for feature in 0..<features { to[feature] = from[feature * matrix.featureStride] }
      guard centered else { continue }
      var sum = 0.0
      for feature in 0..<features { sum += Double(to[feature]) }
      let mean = sum / Double(features)
      // A row of equal values must become exactly zero: its mean may be off by a rounding.
      let constant = (1..<max(features, 1)).allSatisfy { to[$0] == to[0] }
      for feature in 0..<features {
        to[feature] = constant ? 0 : Float(Double(to[feature]) - mean)
      }
    }
  }

  func add(to target: UnsafeMutablePointer<Float>, _ matrix: PenaltyMatrix, factor: Float) {
    for unit in 0..<units {
      let (from, to) = (gradient(unit), target + unit * matrix.unitStride)
      for feature in 0..<features { to[feature * matrix.featureStride] += factor * from[feature] }
    }
  }

  /// Sums and products in double precision: a difference of 1e-20 has a square that single
  /// precision takes for zero.
  private func sum(_ term: (_ index: Int) -> SIMD8<Double>) -> Double {
    var total = SIMD8<Double>()
    for index in Swift.stride(from: 0, to: stride, by: 8) { total += term(index) }
    return total.sum()
  }

  /// `delta = ||x - y||`, its gradient the unit vector of the difference.
  func euclidean(_ graph: NeighborGraph) -> Double {
    var penalty = 0.0
    for pair in graph.pairs {
      let (x, y) = (row(pair.first), row(pair.second))
      let squares = sum { index in
        let difference =
          SIMD8<Double>(x.vector(at: index)) - SIMD8<Double>(y.vector(at: index))
        return difference * difference
      }
      guard squares != 0 else { continue }
      let distance = squares.squareRoot()
      penalty += Double(pair.weight) * distance
      // Not one factor for all: its reciprocal overflows single precision for tiny distances.
      let factor = SIMD8(repeating: Double(pair.weight) / distance)
      let (dx, dy) = (gradient(pair.first), gradient(pair.second))
      for index in Swift.stride(from: 0, to: stride, by: 8) {
        let difference =
          SIMD8<Double>(x.vector(at: index)) - SIMD8<Double>(y.vector(at: index))
        let direction = Vector(difference * factor)
        dx.store(dx.vector(at: index) + direction, at: index)
        dy.store(dy.vector(at: index) - direction, at: index)
      }
    }
    return penalty
  }

  /// `delta = 1 - <x, y> / (||x|| ||y|| + 1e-8)`; for centered rows, the correlation.
  func cosine(_ graph: NeighborGraph) -> Double {
    var penalty = 0.0
    for pair in graph.pairs {
      let (x, y) = (row(pair.first), row(pair.second))
      let xx = sum { SIMD8<Double>(x.vector(at: $0)) * SIMD8<Double>(x.vector(at: $0)) }
      let yy = sum { SIMD8<Double>(y.vector(at: $0)) * SIMD8<Double>(y.vector(at: $0)) }
      let weight = Double(pair.weight)
      guard xx > 0 && yy > 0 else {
        penalty += weight
        continue
      }
      let xy = sum { SIMD8<Double>(x.vector(at: $0)) * SIMD8<Double>(y.vector(at: $0)) }
      let (normX, normY) = (xx.squareRoot(), yy.squareRoot())
      let denominator = normX * normY + 1e-8
      penalty += weight * (1 - xy / denominator)
      let across = SIMD8(repeating: -weight / denominator)
      let square = denominator * denominator
      let alongX = SIMD8(repeating: weight * xy * normY / (normX * square))
      let alongY = SIMD8(repeating: weight * xy * normX / (normY * square))
      let (dx, dy) = (gradient(pair.first), gradient(pair.second))
      for index in Swift.stride(from: 0, to: stride, by: 8) {
        let (a, b) = (SIMD8<Double>(x.vector(at: index)), SIMD8<Double>(y.vector(at: index)))
        dx.store(dx.vector(at: index) + Vector(across * b + alongX * a), at: index)
        dy.store(dy.vector(at: index) + Vector(across * a + alongY * b), at: index)
      }
    }
    return penalty
  }
}
