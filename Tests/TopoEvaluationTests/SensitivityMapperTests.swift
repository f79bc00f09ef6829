import TestSupport
import Testing
import TopoAnalysis
import TopoCompute
import TopoData
import TopoFoundation
import TopoNetworks
import TopoSheets

@testable import TopoEvaluation

@Suite("Maps of sensitivity", .serialized) struct SensitivityMapperTests {
  private func images(_ count: Int, _ shape: ImageShape, seed: UInt64 = 3) -> [Float] {
    var source = RandomSequence(Philox(seed: seed, purpose: .test))
    return (0..<count * shape.count).map { _ in source.nextUniform() }
  }

  @Test("behind a global average pool alone they follow from the weights, by hand")
  func byHand() throws {
    let shape = ImageShape(channels: 2, rows: 4, columns: 5)
    let architecture = try Architecture(
      name: "means", input: shape,
      layers: [
        .globalAveragePooling, .sheet(name: "fc1", Sheet(rows: 1, columns: 3)), .relu,
        .linear(name: "fc2", outputs: 2),
      ])
    let weights: [Float] = [1, -2, 0, 0.5, 0, 0]
    let network = StateDictionary(
      architecture: architecture,
      tensors: [weights, [-9, 0, 9], [Float](repeating: 1, count: 6), [0, 0]])
    // A unit of normalized values is half a unit of pixels in channel 0, and two in channel 1.
    let normalization = Normalization(mean: [0.3, 0.4], standardDeviation: [0.5, 2])
    for count in [1, 5, SensitivityMapper.batch, SensitivityMapper.batch + 3] {
      let mapper = try SensitivityMapper(
        architecture: architecture, capacity: 2, device: try CPUDevice(threads: 2))
      try mapper.replace(with: [network])
      let maps = try mapper.maps(of: images(count, shape), normalization: normalization)
      #expect(maps.count == 1 && maps[0].units == 3)
      // Unit 0 is never above 0; before the nonlinearity that does not matter.
      for (unit, sum) in [1 / 0.5 + 2 / 2, 0.5 / 2, 0].enumerated() {
        for value in maps[0].map(of: unit) { #expect(abs(value - sum / 20) < 1e-7) }
      }
    }
  }

  private func networks(_ architecture: Architecture, _ seeds: Range<UInt64>) -> [StateDictionary] {
    seeds.map { Initialization.pytorchDefault(architecture, seed: $0) }
  }

  @Test("alone as in company, on any number of threads", arguments: TestDevices.all)
  func company(name: String) throws {
    for preset in Architecture.presets {
      let channels = preset == "mnist" ? 1 : 3
      let architecture = try Architecture.preset(
        preset, input: ImageShape(channels: channels, rows: 12, columns: 10),
        sheet: Sheet(rows: 2, columns: 3), classes: 10)
      let pixels = images(SensitivityMapper.batch + 4, architecture.input)
      let normalization = Normalization(
        mean: [Float](repeating: 0.5, count: channels),
        standardDeviation: [Float](repeating: 0.25, count: channels))
      func maps(_ seeds: Range<UInt64>, _ device: any Device) throws -> [SensitivityMaps] {
        let mapper = try SensitivityMapper(
          architecture: architecture, capacity: seeds.count, device: device)
        try mapper.replace(with: networks(architecture, seeds))
        return try mapper.maps(of: pixels, normalization: normalization)
      }
      let together = try maps(0..<3, try TestDevices.open(name))
      #expect(together.count == 3 && together[0] != together[1])
      #expect(try maps(1..<2, try TestDevices.open(name)) == [together[1]])
      if name == "cpu" {
        #expect(try maps(0..<3, try CPUDevice(threads: 1)) == together)
        #expect(try maps(0..<3, try CPUDevice(threads: 3)) == together)
      }
      #expect(together.allSatisfy { $0.values.allSatisfy { $0.isFinite && $0 >= 0 } })
      #expect(together[0].values.contains { $0 > 0 })
    }
  }

  @Test("maps agree with differences of responses", arguments: TestDevices.all)
  func differences(name: String) throws {
    let device = try TestDevices.open(name)
    let architecture = try Architecture.mnist(
      input: ImageShape(channels: 1, rows: 8, columns: 8), sheet: Sheet(rows: 2, columns: 2),
      classes: 3)
    let network = Initialization.pytorchDefault(architecture, seed: 5)
    let normalization = Normalization(mean: [0.1], standardDeviation: [0.3])
    let pixels = images(3, architecture.input)
    let mapper = try SensitivityMapper(architecture: architecture, capacity: 1, device: device)
    try mapper.replace(with: [network])
    let maps = try mapper.maps(of: pixels, normalization: normalization)[0]
    let evaluator = try Evaluator(networks: [network], device: device)
    // The network is linear between its kinks: a few pixels may have one within a step.
    let step: Float = 1.0 / 512
    var close = 0
    for pixel in 0..<64 {
      func sheet(_ move: Float) throws -> [Float] {
        var moved = pixels
        for image in 0..<3 { moved[image * 64 + pixel] += move }
        return try evaluator.outputs(of: moved, normalization: normalization).sheet[0]
      }
      let (above, below) = (try sheet(step), try sheet(-step))
      for unit in 0..<4 {
        let slope = (0..<3).reduce(0.0) {
          $0 + Double(abs(above[$1 * 4 + unit] - below[$1 * 4 + unit])) / Double(2 * step) / 3
        }
        let found = maps.map(of: unit)[pixel]
        if abs(slope - found) < 0.02 * (maps.values.max() ?? 0) { close += 1 }
      }
    }
    #expect(close >= 240, "\(close) of 256 agree")
  }

  @Test("the period of pooling is the product of strides before the sheet") func period() throws {
    #expect(try Architecture.mnist().periodBeforeSheet == 4)
    #expect(try Architecture.cifar10().periodBeforeSheet == 8)
    let wide = try Architecture(
      name: "wide", input: ImageShape(channels: 1, rows: 12, columns: 12),
      layers: [
        .maxPooling(
          Window(
            kernel: .init(rows: 2, columns: 3), stride: .init(rows: 2, columns: 3),
            padding: .init(0))),
        .globalAveragePooling, .sheet(name: "fc1", Sheet(rows: 1, columns: 3)),
        .linear(name: "fc2", outputs: 2),
      ])
    #expect(wide.periodBeforeSheet == 6)
  }
}
