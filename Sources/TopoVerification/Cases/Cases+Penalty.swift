import TopoCompute

extension Verification {
  /// The topographic penalty with each metric.
  static func penaltyCases() -> [OperationCase] {
    PenaltyMetric.allCases.flatMap { metric in
      let shapes: [PenaltyShape] = [
        .init("weights", rows: 2, columns: 3, features: 5, members: 2, size: .small),
        .init(
          "activations", .transposed, rows: 3, columns: 2, features: 3, members: 2, size: .small),
        .init("one feature", rows: 3, columns: 3, features: 1, members: 2, size: .small),
        .init("dead units", rows: 3, columns: 3, features: 4, members: 2, .rectified, size: .small),
        .init("zero rows", rows: 3, columns: 3, features: 4, members: 2, .zeroRows, size: .small),
        .init(
          "constant rows", rows: 3, columns: 3, features: 3, members: 2, .constantRows, size: .small
        ),
        .init("equal rows", rows: 3, columns: 3, features: 3, members: 2, .equalRows, size: .small),
        .init("a row of units", rows: 1, columns: 33, features: 3, members: 5),
        .init("one unit", rows: 1, columns: 1, features: 3, members: 2),
        .init("weights", rows: 11, columns: 11, features: 64, members: 5),
        .init("weights", rows: 11, columns: 11, features: 256, members: 1),
        .init("activations", .transposed, rows: 11, columns: 11, features: 64, members: 5),
        .init("activations", .transposed, rows: 11, columns: 11, features: 3, members: 2),
        .init(
          "activations after ReLU", .transposed, rows: 11, columns: 11, features: 64, members: 2,
          .rectified),
        .init(
          "activations with dead units", .transposed, rows: 11, columns: 11, features: 64,
          members: 2, .zeroRows),
        .init("un-transposed", .untransposed, rows: 11, columns: 11, features: 64, members: 2),
        .init("a part of a wider tensor", .strided, rows: 3, columns: 11, features: 31, members: 2),
      ]
      return shapes.map { penaltyCase(metric, $0) }
        + [penaltyCase(metric, .init("a star", features: 7, graph: star(20), members: 2))]
    } + [
      penaltyCase(
        .euclidean,
        .init(
          "differences of 1e-20", rows: 3, columns: 3, features: 5, members: 2, .scaled(1e-20),
          size: .small)),
      penaltyCase(
        .euclidean,
        .init(
          "differences of 1e20", rows: 3, columns: 3, features: 5, members: 2, .scaled(1e20),
          size: .small)),
      penaltyCase(
        .euclidean,
        .init(
          "differences of 1e-20 beside 1", rows: 3, columns: 3, features: 5, members: 2,
          .nearlyEqualRows)),
    ]
  }

  /// - Parameter lambdas: of the members, over and over; by default the second and fifth have no
  ///   penalty.
  static func penaltyCase(
    _ metric: PenaltyMetric, _ shape: PenaltyShape, lambdas: [Float] = [1, 0, 0.3, 3, 0]
  ) -> OperationCase {
    let scale: Float = 0.7
    let magnitude = shape.gradientMagnitude(metric)
    return OperationCase(
      .neighborPenalty, "\(metric.rawValue), \(shape.name)", size: shape.size,
      members: shape.members,
      tolerance: Tolerance(
        metric == .euclidean ? 1e-5 : 4e-5,
        because: "norms of \(shape.matrix.features) values, and directions where terms cancel"),
      flopsPerMember: 6 * shape.graph.pairs.count * shape.matrix.features,
      arguments: [
        .input("values", shape.tensor, values: shape.values),
        .input("lambdas", [1]) { [lambdas[$0 % lambdas.count]] },
        .updated("value", [1]) { [shape.valueMagnitude * (0.5 + Float($0))] },
        .updated("gradient", shape.tensor) { member in
          TestData("gradient", member: member).uniform(shape.tensor.reduce(1, *)).map {
            $0 * magnitude
          }
        },
      ]
    ) { device, tensors in
      [
        try device.neighborPenalty(
          metric, graph: shape.graph, matrix: shape.matrix, scale: scale,
          values: tensors["values"], lambdas: tensors["lambdas"], value: tensors["value"],
          gradient: tensors["gradient"])
      ]
    }
  }

  /// Unit 0 beside all others, with pairs of different weight; the last unit has no neighbor.
  private static func star(_ units: Int) -> NeighborGraph {
    NeighborGraph(
      units: units,
      pairs: (1..<units - 1).map { .init(0, $0, weight: 0.01 * Float($0)) })
  }
}
