import Testing
import TopoCompute
import TopoSheets

/// WS and AS with every metric, against a plain loop over the 420 pairs in double precision.
@Suite("Penalties against PyTorch's") struct GoldenPenaltyTests {
  private static let file = Result { try GoldenFile("penalties") }
  private static let sheet = Sheet(rows: 11, columns: 11)

  /// The penalty of which a case holds values.
  private func penalty(of name: String, _ metric: PenaltyMetric) -> Penalty {
    switch name {
    case "penalty.ws", "penalty.ws-degenerate": .weightSimilarity(metric, lambda: 1)
    case "penalty.as": .activationSimilarity(metric, lambda: 1)
    default: .activationSimilarity(metric, lambda: 1, layout: .legacyUntransposed)
    }
  }

  @Test("value and gradient", arguments: GoldenDevice.all, PenaltyMetric.allCases)
  func valueAndGradient(device: GoldenDevice, metric: PenaltyMetric) throws {
    let file = try Self.file.get()
    let cases = file.cases(of: "penalty")
    #expect(cases.count == 4)
    for name in cases {
      try GoldenCase.run(file, name, on: device) { golden in
        let device = golden.device
        let values = try golden.dense("values")
        let penalty = penalty(of: name, metric)
        let isWeight = penalty.kind == .weightSimilarity
        let matrix = try #require(
          penalty.matrix(for: Self.sheet, features: values.shape[isWeight ? 1 : 0]))
        let value = try golden.constant([Float(0)])
        let gradient = try device.makeTensor(members: golden.members.count, shape: values.shape)
        try device.run([
          device.neighborPenalty(
            metric, graph: penalty.neighborhood.graph(for: Self.sheet), matrix: matrix, scale: 1,
            values: values, lambdas: golden.constant([Float(1)]), value: value,
            gradient: gradient)
        ])
        // Values are sums of 420 terms near 1; gradients of the Euclidean metric are sums of up
        // to 8 unit vectors, those of the others differences of such.
        try golden.expect(value, is: "\(metric.rawValue).value", within: 2e-6)
        try golden.expect(gradient, is: "\(metric.rawValue).gradient", within: 1e-5)
      }
    }
  }

  /// The gradient is added, times lambda and scale; the value is added, times scale alone; a
  /// member without the penalty is left as it was.
  @Test("lambdas and scale", arguments: GoldenDevice.all) func strengthsAndScale(
    device: GoldenDevice
  ) throws {
    let file = try Self.file.get()
    let device = try device.make()
    let golden = try (file["penalty.as/values"], file["penalty.as/euclidean.gradient"])
    let expected = try file["penalty.as/euclidean.value"].elements
    let values = try device.makeTensor(
      members: 2, shape: Array(golden.0.shape.dropFirst()), values: golden.0.elements)
    let gradient = try device.makeTensor(
      members: 2, shape: values.shape,
      values: [Float](repeating: 0.5, count: golden.0.elements.count))
    let value = try device.makeTensor(members: 2, shape: [1], values: [Float(2), 3])
    let penalty = Penalty.activationSimilarity(.euclidean, lambda: 1)
    let matrix = try #require(penalty.matrix(for: Self.sheet, features: values.shape[0]))
    try device.run([
      device.neighborPenalty(
        .euclidean, graph: penalty.neighborhood.graph(for: Self.sheet), matrix: matrix,
        scale: 0.25, values: values,
        lambdas: device.makeTensor(members: 2, shape: [1], values: [Float(0), 3]), value: value,
        gradient: gradient)
    ])
    let found = try device.read(value, as: Float.self)
    #expect(found[0] == 2)
    #expect(abs(found[1] - (3 + 0.25 * expected[1])) < 1e-5)
    let gradients = try device.read(gradient, as: Float.self)
    let half = gradients.count / 2
    #expect(gradients[..<half].allSatisfy { $0 == 0.5 })
    expectClose(
      gradients[half...], golden.1.elements[half...].map { 0.5 + 0.75 * $0 }[...], within: 1e-6,
      "gradient of the member with the penalty")
  }
}
