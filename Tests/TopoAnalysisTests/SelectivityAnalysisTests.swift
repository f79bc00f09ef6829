import Foundation
import Testing
import TopoFoundation
import TopoSheets

@testable import TopoAnalysis

@Suite("Analysis of selectivity") struct SelectivityAnalysisTests {
  private func result(_ layer: LayerData, permutations: Int = 19, seed: UInt64 = 0) throws
    -> AnalysisResult
  {
    var analysis = SelectivityAnalysis()
    (analysis.permutations, analysis.seed) = (permutations, seed)
    return try analysis.result(for: LayerStatistics(layer))
  }

  /// Each unit prefers the class of its block of 3 x 3 units, of 4 classes on 6 x 6 units.
  private func blocks(_ order: [Int]? = nil, seed: UInt64 = 1) -> LayerData {
    let noise = MadeUp.values(80 * 36, seed: seed)
    let values = (0..<80 * 36).map { index -> Float in
      let unit = order?[index % 36] ?? index % 36
      let block = unit / 6 / 3 * 2 + unit % 6 / 3
      return noise[index] + (block == index / 36 % 4 ? 2 : 0)
    }
    return LayerData(
      activations: Activations(values, units: 36), labels: MadeUp.labels(80, classes: 4),
      layout: UnitLayout(Sheet(rows: 6, columns: 6)))
  }

  private var order: [Int] {
    Permutations(count: 1, seed: 3, stream: 9).order(0, of: 36).map { Int($0) }
  }

  private func check(_ found: AnalysisResult) {
    let measures = SelectivityAnalysis.measures
    #expect(found.scalars.map(\.measure) == measures.filter { !$0.isPerUnit }.map(\.name))
    #expect(found.scalars.allSatisfy { $0.value.number?.isFinite ?? true })
    let columns = Set(found.units.map(\.measure))
    #expect(columns.isSubset(of: measures.filter(\.isPerUnit).map(\.name)))
  }

  @Test("blocks of units are patches and islands") func patches() throws {
    let found = try result(blocks())
    check(found)
    #expect(found.units.count == SelectivityAnalysis.measures.count { $0.isPerUnit })
    #expect(found["patches"] == .value(4) && found["patch-mean-size"] == .value(9))
    #expect(found["patch-largest"] == .value(9) && found["patch-fraction"] == .value(1))
    #expect(found["patch-mean-size-p"] == .value(0.05))
    #expect(found["selective-fraction-1"] == .value(1))
    #expect(isNear(found["preferred-class-entropy"], log(4)))
    #expect(found["significant-units"] == .value(1))
    #expect(found["preferred-class-undefined"] == .value(0))
    #expect((found["morans-i-d-prime"]?.number ?? 0) > 0.5)
    #expect((found["morans-i-islands"]?.number ?? 0) > 0.5)
    #expect(found[units: "preferred-class"]?[35] == .value(3))
    #expect(found[units: "cluster-radius"]?[14] == .value(1))
    // Dealt anew, units prefer the same classes without patches.
    let dealt = try result(blocks(order))
    #expect(dealt["preferred-class-entropy"] == found["preferred-class-entropy"])
    #expect(abs(dealt["morans-i-d-prime"]?.number ?? 1) < 0.3)
    #expect((dealt["patch-mean-size"]?.number ?? 9) < 7)
    #expect((dealt["patch-mean-size-p"]?.number ?? 0) > 0.05)
  }

  @Test("tables have d' and t of every unit and class") func tables() throws {
    let layer = try OrganizationFixture.load().layer
    let found = try result(layer.data)
    let names = [
      "preferred-class-units", "patches", "selectivity-d-prime", "selectivity-t",
      "selectivity-welch-t",
    ]
    #expect(found.tables.map(\.name) == names)
    let table = try #require(found.tables.first { $0.name == "selectivity-d-prime" })
    #expect(table.columns == ["unit", "class-0", "class-1", "class-2"])
    for unit in 0..<30 {
      #expect(abs((table.rows[unit][2] ?? 0) - layer.dPrime[30 + unit]) < 1e-10)
    }
    let best = try #require(found[units: "preferred-d-prime"])
    #expect(isNear(best[7], (0..<3).map { layer.dPrime[$0 * 30 + 7] }.max() ?? 0))
  }

  @Test("patches of random layers are significant at the nominal rate") func falsePositives() throws
  {
    let p = try (0..<80).map { seed -> Double in
      let order = Permutations(count: 1, seed: UInt64(seed), stream: 9).order(0, of: 36)
      let layer = blocks(order.map { Int($0) }, seed: UInt64(seed))
      let found = try result(layer, permutations: 39, seed: UInt64(seed))
      return found["patch-mean-size-p"]?.number ?? 0
    }
    // Binomial with 80 trials of 0.05: more than 11 has a probability below 0.001.
    #expect(p.count { $0 <= 0.05 } <= 11)
    #expect(abs(Statistics.mean(p) - 0.51) < 4 * 0.3 / 80.0.squareRoot())
  }

  @Test("units without responses keep their places in the null") func silentUnits() throws {
    // Only the left half of the sheet responds; which unit prefers which class is random.
    let p = try (0..<40).map { seed -> Double in
      let classes = MadeUp.values(36, seed: UInt64(seed)).map { Int(($0 + 1) * 2) }
      let noise = MadeUp.values(40 * 36, seed: UInt64(seed + 100))
      let values = (0..<40 * 36).map { index -> Float in
        guard index % 6 < 3 else { return 0 }
        return noise[index] + (classes[index % 36] == index / 36 % 4 ? 2 : 0)
      }
      let layer = LayerData(
        activations: Activations(values, units: 36), labels: MadeUp.labels(40, classes: 4),
        layout: UnitLayout(Sheet(rows: 6, columns: 6)))
      let found = try result(layer, permutations: 39, seed: UInt64(seed))
      #expect(found["preferred-class-undefined"] == .value(18))
      return found["patch-fraction-p"]?.number ?? 0
    }
    // Binomial with 40 trials of 0.05: more than 7 has a probability below 0.002.
    #expect(p.count { $0 <= 0.05 } <= 7)
  }

  @Test("awkward layers have values or reasons", arguments: [1, 3, 31, 33, 121])
  func sizes(units: Int) throws {
    for images in [1, 2, 9] {
      for layout in [
        UnitLayout(Sheet(rows: 1, columns: units)), UnitLayout(Sheet(rows: units, columns: 1)),
        UnitLayout(positions: [[Double]](repeating: [0, 0], count: units), neighbors: 2),
      ] {
        let layer = LayerData(
          activations: MadeUp.activations(images: images, units: units, seed: 7),
          labels: ClassLabels((0..<images).map { Int32($0 % 2) }, classes: 3), layout: layout)
        check(try result(layer, permutations: 3))
      }
    }
  }

  @Test("layers without labels, layout or responses") func missing() throws {
    var layer = blocks()
    layer.layout = nil
    let unplaced = try result(layer)
    check(unplaced)
    #expect(unplaced["patches"]?.reason == "the layer has no positions")
    #expect(unplaced["cluster-radius-mean"]?.reason == "the layer has no positions")
    #expect(unplaced["selective-fraction-1"] == .value(1))
    layer.labels = nil
    let bare = try result(layer)
    check(bare)
    #expect(bare.scalars.allSatisfy { $0.value.number == nil })
    var dead = blocks()
    dead.activations = Activations([Float](repeating: -1, count: 80 * 36), units: 36)
    let found = try result(dead)
    check(found)
    #expect(found["preferred-class-undefined"] == .value(36))
    #expect(found["patches"]?.reason == "no unit is selective")
    #expect(found["morans-i-d-prime-undefined"] == .value(4))
  }

  @Test("responses before ReLU, another denominator and threshold") func options() throws {
    let layer = blocks()
    var analysis = SelectivityAnalysis()
    (analysis.isRectified, analysis.pooling) = (false, .standardDeviations)
    (analysis.threshold, analysis.permutations) = (100, 3)
    let found = try analysis.result(for: LayerStatistics(layer))
    let selectivity = ClassSelectivity(
      layer.activations, MadeUp.labels(80, classes: 4), pooling: .standardDeviations)
    let best = try #require((0..<4).compactMap { selectivity.dPrime($0, 5) }.max())
    #expect(found[units: "preferred-d-prime"]?[5] == .value(best))
    #expect(found["patches"]?.reason == "no unit is selective")
    #expect(found["morans-i-islands-undefined"] == .value(4))
  }

  @Test("smoothness of maps of d' is the mean over classes, beside shuffled maps")
  func smoothness() throws {
    let layer = blocks()
    let found = try result(layer)
    let layout = try #require(layer.layout)
    let selectivity = ClassSelectivity(
      layer.activations.rectified(), try #require(layer.labels))
    let smoothness = Smoothness(DistanceBins(UnitDistances(layout)))
    let values = (0..<4).compactMap { selectivity.map($0) }
      .compactMap { smoothness.value(of: $0).number }
    #expect(values.count == 4)
    let mean = found["smoothness-d-prime"]?.number ?? 0
    #expect(isNear(.value(mean), Statistics.mean(values)))
    let chance = found["smoothness-d-prime-null-mean"]?.number ?? 1
    #expect(isNear(found["smoothness-d-prime-excess"], mean - chance))
    #expect(chance < mean && (found["smoothness-d-prime-z"]?.number ?? 0) > 2)
    #expect(found["smoothness-d-prime-undefined"] == .value(0))
    var without = layer
    without.layout = nil
    #expect(
      try result(without)["smoothness-d-prime-z"]?.reason == "the layer has no positions")
  }

  @Test("units at positions have a column of reasons instead of radii") func positions() throws {
    var layer = blocks()
    layer.layout = UnitLayout(
      positions: (0..<36).map { [Double($0), Double($0 * $0)] }, neighbors: 2)
    let found = try result(layer)
    let reason = MeasuredValue.undefined("the units are not on a sheet")
    #expect(found[units: "cluster-radius"] == [MeasuredValue](repeating: reason, count: 36))
    #expect(found["cluster-radius-mean"] == reason)
  }

  @Test("a class with one image has no t, and without tests nothing is significant")
  func oneImage() throws {
    let values: [Float] = [1, 2, 5]
    let layer = LayerData(
      activations: Activations(values, units: 1), labels: ClassLabels([0, 0, 1], classes: 2))
    let found = try result(layer)
    let none = MeasuredValue.undefined("no unit and class have a test")
    for name in ["significant-pairs", "significant-units"] { #expect(found[name] == none) }
    #expect(found[units: "significant-classes"] == [none])
    let table = found.tables.first { $0.name == "selectivity-welch-t" }
    #expect(table?.rows == [[0, nil, nil]])
    let other = found.tables.first { $0.name == "selectivity-t" }
    #expect(other?.rows[0][2] != nil)
  }

  @Test("both analyses are in the catalog") func catalog() {
    let names = AnalysisCatalog.kinds.map { $0.name }
    #expect(names.contains("organization") && names.contains("selectivity"))
  }
}
