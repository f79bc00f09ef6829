import TopoCompute

/// A matrix, a graph and the kind of values that a penalty is tried with.
struct PenaltyShape: Sendable {
  /// How the matrix lies in its tensor.
  enum Layout: Sendable {
    /// `[unit, feature]`, as weights.
    case plain
    /// `[feature, unit]`, as activations `[image, unit]`.
    case transposed
    /// Activations `[image, unit]` taken as though they were `[unit, image]`.
    case untransposed
    /// `[feature, unit]` with three more columns than there are units.
    case strided
  }

  /// What the values are like.
  enum Values: Sendable, Hashable {
    case uniform
    /// After a ReLU.
    case rectified
    /// Every third unit's row is zero; neighbors among them.
    case zeroRows
    /// Every third unit's row is one constant, which three of do not add up exactly.
    case constantRows
    /// Units in pairs have the same rows.
    case equalRows
    /// Uniform times a factor.
    case scaled(Float)
    /// Two thirds of the units have rows that are equal except for 1e-20 in the first feature.
    case nearlyEqualRows
  }

  var label: String
  var graph: NeighborGraph
  var matrix: PenaltyMatrix
  /// Shape of the tensor that the matrix reads.
  var tensor: [Int]
  var kind: Values
  var members: Int
  var size: OperationCase.Size

  init(
    _ label: String, _ layout: Layout = .plain, rows: Int, columns: Int, features: Int,
    members: Int, _ kind: Values = .uniform, size: OperationCase.Size = .full
  ) {
    self.init(
      "\(label), \(rows) x \(columns)", layout, features: features,
      graph: Reference.mooreGraph(rows: rows, columns: columns), members: members, kind,
      size: size)
  }

  init(
    _ label: String, _ layout: Layout = .plain, features: Int, graph: NeighborGraph,
    members: Int, _ kind: Values = .uniform, size: OperationCase.Size = .full
  ) {
    let units = graph.units
    let strides: (unit: Int, feature: Int)
    switch layout {
    case .plain:
      (strides, tensor) = ((features, 1), [units, features])
    case .transposed:
      (strides, tensor) = ((1, units), [features, units])
    case .untransposed:
      (strides, tensor) = ((features, 1), [features, units])
    case .strided:
      (strides, tensor) = ((1, units + 3), [features, units + 3])
    }
    self.label = label
    self.graph = graph
    self.kind = kind
    self.members = members
    self.size = size
    matrix = PenaltyMatrix(
      units: units, features: features, unitStride: strides.unit, featureStride: strides.feature)
  }

  var name: String { "\(label) x \(matrix.features)" }

  /// Size of the penalty itself, for the value that it is added to.
  var valueMagnitude: Float {
    if case .scaled(let factor) = kind { factor } else { 1 }
  }

  /// Size of the gradient, for the gradient that it is added to: were that much larger, errors
  /// would not show.
  func gradientMagnitude(_ metric: PenaltyMetric) -> Float {
    let weight = graph.pairs.map(\.weight).max() ?? 1
    return weight / Float(matrix.features).squareRoot()
  }

  /// Values of the whole tensor.
  @Sendable func values(member: Int) -> [Float] {
    let data = TestData("values", member: member).uniform(tensor.reduce(1, *))
    // If lambda is zero, the values must have no effect, not even a NaN.
    if member == 1 && kind == .uniform { return data.map { $0 > 0.9 ? .nan : $0 } }
    var values = data
    for unit in 0..<matrix.units {
      for feature in 0..<matrix.features {
        let index = unit * matrix.unitStride + feature * matrix.featureStride
        values[index] = value(data, unit, feature)
      }
    }
    return values
  }

  private func value(_ data: [Float], _ unit: Int, _ feature: Int) -> Float {
    func at(_ unit: Int, _ feature: Int) -> Float {
      data[unit * matrix.unitStride + feature * matrix.featureStride]
    }
    let own = at(unit, feature)
    switch kind {
    case .uniform: return own
    case .rectified: return max(own, 0)
    case .zeroRows: return unit % 3 == 0 ? 0 : own
    case .constantRows: return unit % 3 == 0 ? 0.1 + Float(unit) : own
    case .equalRows: return at(unit / 2 * 2, feature)
    case .scaled(let factor): return own * factor
    case .nearlyEqualRows:
      if unit % 9 > 5 { return own }
      return feature == 0 ? Float(unit % 2) * 1e-20 : at(0, feature)
    }
  }
}
