import TestSupport
import Testing
import TopoFoundation
import TopoSheets

@testable import TopoAnalysis

@Suite("Measures along training") struct EpochMeasuresTests {
  private static let penaltyShare = "weighted-penalty-over-cross-entropy"

  /// A layer of made-up responses and weights, with a silent and a constant unit if it has more than
  /// three.
  private func layer(
    images: Int = 37, rows: Int = 5, columns: Int = 7, seed: UInt64 = 1
  ) -> LayerData {
    var random = RandomSequence(Philox(seed: seed, purpose: .test))
    let units = rows * columns
    var responses = (0..<images * units).map { _ in Float(random.next(below: 2001)) / 1000 - 1 }
    if units > 3 {
      for image in 0..<images {
        responses[image * units + 1] = -abs(responses[image * units + 1])
        responses[image * units + 3] = 0.5
      }
    }
    let weights = (0..<units * 9).map { _ in Float(random.next(below: 2001)) / 1000 - 1 }
    return LayerData(
      activations: Activations(responses, units: units),
      labels: ClassLabels((0..<images).map { Int32($0 % 3) }),
      weights: .init(weights, inputs: 9), layout: UnitLayout(Sheet(rows: rows, columns: columns)))
  }

  private func values(
    _ layer: LayerData, measures: EpochMeasures = .init(), penalty: Double = 0.3,
    crossEntropy: Double = 1.5
  ) throws -> [String: MeasuredValue] {
    let sheet = EpochSheet(layer, weightedPenalty: penalty, crossEntropy: crossEntropy)
    let values = try measures.values(of: [sheet])
    #expect(values.count == 1 && values.first?.count == measures.names.count)
    return Dictionary(uniqueKeysWithValues: zip(measures.names, values[0]))
  }

  @Test("values have the bits of the analyses of the same names") func sameAsAnalyses() throws {
    for (index, size) in [(5, 7), (1, 6), (1, 1), (2, 2), (11, 11)].enumerated() {
      for images in [1, 2, 37] {
        let layer = layer(images: images, rows: size.0, columns: size.1, seed: UInt64(index))
        let statistics = LayerStatistics(layer)
        var analyses = try OrganizationAnalysis().result(for: statistics)
        analyses.append(try UnitsAnalysis().result(for: statistics))
        let found = try values(layer)
        for measure in EpochMeasures.always where measure.name != Self.penaltyShare {
          #expect(found[measure.name] != nil)
          #expect(found[measure.name] == analyses[measure.name], "\(measure.name), \(size)")
        }
      }
    }
  }

  /// Rows (0, 0), (3, 4), (0, 0), (0, 0) on 2 x 2 units: mean distance 2.5, mean norm 1.25.
  @Test("the values of the specification") func specification() throws {
    let layer = LayerData(
      activations: Activations([1, 2, 3, 4, -1, 0, 1, 2], units: 4),
      weights: .init([0, 0, 3, 4, 0, 0, 0, 0], inputs: 2),
      layout: UnitLayout(Sheet(rows: 2, columns: 2)))
    let found = try values(layer)
    #expect(found["weight-norm-mean"] == .value(1.25))
    #expect(found["relative-neighbor-distance-weights"] == .value(2))
    #expect(found["neighbor-cosine-weights"]?.number == nil)
    #expect(found["silent-fraction"] == .value(0))
    let correlation = try #require(found["correlation-neighbors-pre-relu"]?.number)
    #expect(abs(correlation - 1) < 1e-15)
    // All pairs are neighbors: I is -1 / 3 for any map.
    let moransI = try #require(found["morans-i-pre-relu"]?.number)
    #expect(abs(moransI + 1.0 / 3) < 1e-15)
    #expect(found["morans-i-pre-relu-undefined"] == .value(0))
    #expect(found[Self.penaltyShare] == .value(0.3 / 1.5))
  }

  @Test("what has no value has a reason") func undefined() throws {
    var broken = layer()
    broken.activations = Activations(
      broken.activations.values.enumerated().map { $0.offset == 50 ? .nan : $0.element }, units: 35)
    let found = try values(broken, crossEntropy: 0)
    for name in [
      "morans-i-pre-relu", "morans-i-pre-relu-undefined", "correlation-neighbors-pre-relu",
      "silent-fraction",
    ] { #expect(found[name] == .undefined("responses are not finite"), "\(name)") }
    #expect(found["weight-norm-mean"]?.number != nil)
    #expect(found[Self.penaltyShare] == .undefined("the cross-entropy is 0"))
    let silent = LayerData(
      activations: Activations([Float](repeating: -1, count: 12), units: 4),
      weights: .init([Float](repeating: 0, count: 8), inputs: 2),
      layout: UnitLayout(Sheet(rows: 2, columns: 2)))
    let nothing = try values(silent)
    #expect(nothing["morans-i-pre-relu"] == .undefined("constant map"))
    #expect(nothing["morans-i-pre-relu-undefined"] == .value(3))
    #expect(nothing["silent-fraction"] == .value(1))
    #expect(nothing["relative-neighbor-distance-weights"] == .undefined("all weights are 0"))
    #expect(try values(layer(rows: 1, columns: 1))["morans-i-pre-relu"]?.number == nil)
    for value in (Array(found.values) + nothing.values).compactMap(\.number) {
      #expect(value.isFinite)
    }
  }

  @Test("a sheet has the same values alone and beside others") func company() throws {
    let measures = try EpochMeasures(["gearys-c-pre-relu"])
    let sheets = (0..<9).map {
      EpochSheet(layer(seed: $0), weightedPenalty: Double($0), crossEntropy: 2)
    }
    let together = try measures.values(of: sheets)
    for (sheet, values) in zip(sheets, together) {
      #expect(try measures.values(of: [sheet]) == [values])
    }
    #expect(try measures.values(of: []).isEmpty)
  }

  @Test("further measures are those of their analyses, in the order of the catalog")
  func further() throws {
    let measures = try EpochMeasures([
      "effective-dimensionality-pre-relu", "silent-fraction", "variance-mean", "gearys-c-pre-relu",
    ])
    #expect(
      measures.further == [
        "gearys-c-pre-relu", "variance-mean", "effective-dimensionality-pre-relu",
      ])
    #expect(measures.names.count == EpochMeasures.always.count + 3)
    let layer = layer()
    let statistics = LayerStatistics(layer)
    var analyses = try OrganizationAnalysis().result(for: statistics)
    analyses.append(try UnitsAnalysis().result(for: statistics))
    analyses.append(try RepresentationAnalysis().result(for: statistics))
    let found = try values(layer, measures: measures)
    for name in measures.further {
      #expect(found[name]?.number != nil && found[name] == analyses[name], "\(name)")
    }
  }

  @Test("names that cannot be recorded are refused with advice") func names() throws {
    func said(_ names: String...) -> String { message { _ = try EpochMeasures(names) } }
    #expect(
      said("morans-i-prerelu")
        == "there is no measure \"morans-i-prerelu\": morans-i-pre-relu is the nearest name, and "
        + "`toposheet measures` lists all")
    #expect(
      said("happiness-of-units")
        == "there is no measure \"happiness-of-units\": `toposheet measures` lists all")
    #expect(
      said("variance")
        == "the measure variance has a value for each unit, and after epochs only values of a "
        + "whole sheet are recorded: choose variance-mean")
    #expect(said("preferred-class").hasSuffix("choose another of `toposheet measures`"))
    #expect(
      said("variance-mean", "variance-mean")
        == "the measure variance-mean occurs twice: name it once")
    let shown = try #require(TuningAnalysis.measures.first { !$0.isPerUnit })
    #expect(
      said(shown.name).hasSuffix(
        "leave it out, and evaluate with --analyses tuning after training"))
    #expect(said("cka-linear-pre-relu").contains("compares networks"))
    for name in ["transmission-mean", "rsa-external-pearson-weights"] {
      #expect(
        said(name).hasPrefix("the measure \(name) needs more than the responses of the sheet"))
    }
  }

  @Test("all measures have descriptions") func descriptions() {
    #expect(EpochMeasures.always.count == 9)
    #expect(EpochMeasures.always.last?.name == Self.penaltyShare)
    let catalog = Set(AnalysisCatalog.kinds.flatMap { $0.measures.map(\.name) })
    #expect(!catalog.contains(Self.penaltyShare))
    #expect(EpochMeasures.always.dropLast().allSatisfy { catalog.contains($0.name) })
    #expect(
      EpochMeasures.order.count == Set(EpochMeasures.offered.map(\.name)).count + 1)
  }
}
