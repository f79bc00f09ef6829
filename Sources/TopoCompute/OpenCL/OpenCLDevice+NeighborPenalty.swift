extension OpenCLDevice {
  /// `Device.neighborPenalty`; rows, pairs, value and gradient are a kernel each.
  public func neighborPenalty(
    _ metric: PenaltyMetric, graph: NeighborGraph, matrix: PenaltyMatrix, scale: Float,
    values: Tensor, lambdas: Tensor, value: Tensor, gradient: Tensor
  ) throws -> any Operation {
    let members = values.members
    values.expect(values.shape, members: members, "values")
    lambdas.expect([1], members: members, "lambdas")
    value.expect([1], members: members, "value")
    gradient.expect(values.shape, members: members, "gradient")
    precondition(graph.units == matrix.units, "the graph and the matrix differ in units")
    precondition(
      (matrix.units - 1) * matrix.unitStride + (matrix.features - 1) * matrix.featureStride
        < values.count, "the matrix exceeds the values")
    precondition(
      graph.pairs.allSatisfy { (0..<graph.units).contains($0.first) }
        && graph.pairs.allSatisfy { (0..<graph.units).contains($0.second) },
      "a pair names a unit that the graph does not have")
    let name = "neighbor-penalty/\(metric.rawValue)"
    if graph.pairs.isEmpty { return OpenCLOperation(name, on: self, []) }

    let metricNumber =
      switch metric {
      case .euclidean: 0
      case .cosine: 1
      case .correlation: 2
      }
    let constants: KernelConstants = [
      "METRIC": .integer(metricNumber), "UNITS": .integer(matrix.units),
      "FEATURES": .integer(matrix.features), "UNIT_STRIDE": .integer(matrix.unitStride),
      "FEATURE_STRIDE": .integer(matrix.featureStride), "PAIRS": .integer(graph.pairs.count),
      "SCALE": .float(scale),
    ]
    let tables = try PenaltyTables(graph, on: self)
    let pairs = KernelArgument.buffer(
      try OpenCLStorage(bytes: members * graph.pairs.count * 16, device: self))
    var rows: [KernelArgument] = []
    var steps: [OpenCLStep] = []
    if metric != .euclidean {
      rows = [
        .buffer(try OpenCLStorage(bytes: members * matrix.units * 16, device: self))
      ]
      steps.append(
        try pointwise(
          "penalty_rows", of: .penalty, constants, [.tensor(values), .tensor(lambdas)] + rows,
          count: matrix.units, members: members))
    }
    steps.append(
      try pointwise(
        "penalty_pairs", of: .penalty, constants,
        [.tensor(values), .tensor(lambdas), tables.pairUnits, tables.pairWeights] + rows
          + [pairs], count: graph.pairs.count, members: members))
    steps.append(
      try reduction(
        "penalty_value", of: .penalty, constants, [.tensor(lambdas), pairs, .tensor(value)],
        results: 1, members: members))
    steps.append(
      try pointwise(
        "penalty_gradient", of: .penalty, constants,
        [
          .tensor(values), .tensor(lambdas), tables.pairWeights, tables.starts, tables.incident,
        ] + rows + [pairs, .tensor(gradient)], count: matrix.units * matrix.features,
        members: members))
    return OpenCLOperation(name, on: self, steps)
  }
}

/// A neighbor graph as the penalty's kernels read it. The tables have no guard before them:
/// kernels see them without an offset.
private struct PenaltyTables {
  /// Both units of each pair.
  let pairUnits: KernelArgument
  /// Weight of each pair.
  let pairWeights: KernelArgument
  /// Where each unit's part of `incident` begins, and where the last one ends.
  let starts: KernelArgument
  /// Number and other unit of each pair that a unit is in, unit by unit, in the pairs' order.
  let incident: KernelArgument

  init(_ graph: NeighborGraph, on device: OpenCLDevice) throws {
    var incidentOf = [[Int32]](repeating: [], count: graph.units)
    for (number, pair) in graph.pairs.enumerated() {
      incidentOf[pair.first] += [Int32(number), Int32(pair.second)]
      incidentOf[pair.second] += [Int32(number), Int32(pair.first)]
    }
    var starts: [Int32] = [0]
    for (unit, incident) in incidentOf.enumerated() {
      starts.append(starts[unit] + Int32(incident.count / 2))
    }
    pairUnits = try device.table(graph.pairs.flatMap { [Int32($0.first), Int32($0.second)] })
    pairWeights = try device.table(graph.pairs.map(\.weight))
    self.starts = try device.table(starts)
    incident = try device.table(incidentOf.flatMap { $0 })
  }
}

extension OpenCLDevice {
  /// A buffer that holds `values` from its beginning.
  fileprivate func table<Element: DeviceElement>(_ values: [Element]) throws -> KernelArgument {
    let storage = try OpenCLStorage(bytes: values.count * 4, device: self)
    try write(
      values,
      to: Tensor(
        members: 1, shape: [values.count], elementType: Element.elementType, storage: storage,
        memberStride: values.count))
    return .buffer(storage)
  }
}
