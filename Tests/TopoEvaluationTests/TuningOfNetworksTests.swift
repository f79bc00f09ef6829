import TestSupport
import Testing
import TopoAnalysis
import TopoCompute
import TopoData
import TopoFoundation
import TopoNetworks
import TopoSheets

@testable import TopoEvaluation

/// What the analysis of tuning must find of networks whose properties are known.
@Suite("Tuning of networks", .serialized) struct TuningOfNetworksTests {
  private static let shape = ImageShape(channels: 1, rows: 28, columns: 28)

  private func images(_ count: Int, _ shape: ImageShape = shape) -> ImageSet {
    var source = RandomSequence(Philox(seed: 8, purpose: .test))
    return ImageSet(
      images: (0..<count * shape.count).map { _ in UInt8(source.next(below: 256)) },
      labels: (0..<count).map { Int32($0 % 10) }, shape: shape, classes: 10)
  }

  private func evaluation(
    _ networks: [StateDictionary], _ images: ImageSet, memoryLimit: Int? = nil,
    threads: Int = 2
  ) throws -> AnalysisEvaluation {
    let models = networks.enumerated().map { seed, network in
      EvaluatedModel(penalty: .control, seed: UInt64(seed), trainedOn: nil, network: network)
    }
    let context = try EvaluationContext(
      models: models, images: images, dataset: "noise", normalization: Normalization(of: images),
      memoryLimit: memoryLimit)
    return AnalysisEvaluation([], in: context, on: try CPUDevice(threads: threads))
  }

  private func network(_ seed: UInt64 = 4) throws -> StateDictionary {
    Initialization.pytorchDefault(
      try .mnist(input: Self.shape, sheet: Sheet(rows: 4, columns: 5)), seed: seed)
  }

  @Test("with kernels equal left and right, responses to flipped images are the same")
  func reflection() throws {
    var symmetric = try network()
    for (index, parameter) in symmetric.architecture.parameters.enumerated()
    where parameter.role == .weight && symmetric.tensors[index].count % 9 == 0
      && parameter.layer < symmetric.architecture.sheetIndex
    {
      let kernels = symmetric.tensors[index]
      symmetric.replace(
        index,
        with: kernels.indices.map { place in
          let column = place % 3
          return (kernels[place] + kernels[place - column + 2 - column]) / 2
        })
    }
    let set = images(30)
    try evaluation([symmetric, try network()], set).forEachLayer { model, statistics in
      let responder = try #require(statistics.network)
      let pixels = responder.images(first: 30)
      let responses = try responder.responses(to: pixels)
      func correlations(_ reflection: ImageReflection) throws -> [Double] {
        let reflected = try responder.responses(
          to: reflection.reflect(pixels, shape: Self.shape))
        return ReflectionInvariance(responses, reflected: reflected).correlations
          .compactMap(\.number)
      }
      let (flipped, upended) = (try correlations(.horizontal), try correlations(.vertical))
      #expect(flipped.count == 20 && upended.count == 20)
      #expect(upended.contains { $0 < 0.999 })
      if model == 0 {
        #expect(flipped.allSatisfy { $0 > 1 - 1e-6 }, "\(flipped.min() ?? 0)")
      } else {
        #expect(flipped.contains { $0 < 0.999 })
      }
    }
  }

  @Test("a probe gives the same responses 4 pixels further, and others between")
  func shifts() throws {
    // A spot of 3 x 3 on gray, its first row and column.
    func probe(_ row: Int, _ column: Int) -> [Float] {
      (0..<Self.shape.count).map { pixel in
        (row..<row + 3).contains(pixel / 28) && (column..<column + 3).contains(pixel % 28)
          ? 1 : 0.5
      }
    }
    try evaluation([try network()], images(4)).forEachLayer { _, statistics in
      let responder = try #require(statistics.network)
      #expect(responder.period == 4)
      func responses(_ row: Int, _ column: Int) throws -> [Float] {
        try responder.responses(to: probe(row, column)).values
      }
      func distance(_ first: [Float], _ second: [Float]) -> Float {
        zip(first, second).map { abs($0 - $1) }.max() ?? .infinity
      }
      let first = try responses(8, 12)
      let gray = try responder.responses(to: SpotStimuli(Self.shape).blank).values
      let effect = distance(first, gray)
      let size = first.map(abs).max() ?? 0
      #expect(effect > 1e-4 * size)
      for (row, column) in [(12, 12), (16, 12), (8, 8), (12, 16)] {
        let off = distance(first, try responses(row, column))
        #expect(off < 1e-5 * size, "\(row), \(column): \(off / size)")
      }
      for (row, column) in [(9, 12), (10, 12), (8, 13), (0, 12)] {
        let off = distance(first, try responses(row, column))
        #expect(off > 0.02 * effect, "\(row), \(column): \(off / effect)")
      }
    }
  }

  @Test("all measures are described, in the order of results, and defined for most units")
  func measures() throws {
    let shape = ImageShape(channels: 1, rows: 12, columns: 12)
    let architecture = try Architecture.mnist(input: shape, sheet: Sheet(rows: 4, columns: 5))
    let networks = (0..<2).map { Initialization.pytorchDefault(architecture, seed: UInt64($0)) }
    func results(
      _ networks: [StateDictionary], memoryLimit: Int? = nil, threads: Int = 2
    ) throws -> [AnalysisResult] {
      var all: [AnalysisResult] = []
      try evaluation(networks, images(12, shape), memoryLimit: memoryLimit, threads: threads)
        .forEachLayer { _, statistics in
          all.append(try LayerAnalysis.result(of: TuningAnalysis(), statistics))
        }
      return all
    }
    let found = try results(networks)
    let described = TuningAnalysis.measures
    #expect(found[0].scalars.map(\.measure) == described.filter { !$0.isPerUnit }.map(\.name))
    // Columns of units that are also summed up come with their sums.
    #expect(
      Set(found[0].units.map(\.measure)) == Set(described.filter(\.isPerUnit).map(\.name)))
    for measure in [
      "receptive-field-area", "receptive-field-row", "gradient-eccentricity", "spot-eccentricity",
      "position-q",
    ] {
      #expect(found[0][units: measure]?.count == 20)
      #expect(found[0][units: measure]?.allSatisfy { $0.number != nil } == true, "\(measure)")
    }
    let area = found[0]["receptive-field-area-mean"]?.number ?? 0
    #expect(area > 20 && area <= 144, "\(area)")
    #expect(found[0].tables.contains { $0.name == "gradient-profile" && $0.rows.count == 3 })
    #expect(found[0].tables.contains { $0.name == "spot-profile" && !$0.rows.isEmpty })
    // The same alone, and on one thread.
    #expect(try results([networks[1]], threads: 1) == [found[1]])
  }

  @Test("one image, one unit, and images smaller than spots") func edges() throws {
    let shape = ImageShape(channels: 1, rows: 2, columns: 3)
    let architecture = try Architecture(
      name: "tiny", input: shape,
      layers: [
        .globalAveragePooling, .sheet(name: "fc1", Sheet(rows: 1, columns: 1)), .relu,
        .linear(name: "fc2", outputs: 10),
      ])
    let live = Initialization.pytorchDefault(architecture, seed: 1)
    var dead = live
    dead.replace(0, with: [0])
    var found: [AnalysisResult] = []
    try evaluation([live, dead], images(1, shape)).forEachLayer { _, statistics in
      found.append(try LayerAnalysis.result(of: TuningAnalysis(), statistics))
    }
    let area = found[0][units: "receptive-field-area"]?.first?.number ?? 0
    #expect(abs(area - 6) < 1e-9)
    #expect(found[0][units: "spot-eccentricity"]?.first?.number == nil)
    #expect(found[0]["grating-orientation-smoothness"]?.number == nil)
    #expect(
      found[1][units: "receptive-field-area"]?.first?.reason
        == "unit is not sensitive to any pixel")
    #expect(found[1]["receptive-field-area-undefined"] == .value(1))
    #expect(found[1][units: "gradient-eccentricity"]?.first?.number == nil)
    #expect(found[1][units: "position-p"]?.first?.reason == "unit is constant")
  }
}
