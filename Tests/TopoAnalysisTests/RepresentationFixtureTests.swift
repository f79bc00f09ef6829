import Foundation
import Testing
import TopoFoundation

@testable import TopoAnalysis
import TopoStatistics

/// Agreement with numpy, scipy and scikit-learn; `Fixtures/make_representation.py` makes the file.
@Suite("Representations agree with scipy and scikit-learn") struct RepresentationFixtureTests {
  struct Fixture: Decodable {
    struct Dimensionality: Decodable {
      var participationRatio, entropy, maximum, largest: Double
    }
    struct Pair: Decodable {
      var images, firstUnits, secondUnits: Int
      var first, second: [Double]
      var dimensionality: Dimensionality
      var rsaPearson, rsaSpearman: Double?
      var linear, debiased, matched, soft: Double
    }
    struct Assigned: Decodable {
      var rows, columns: Int
      var scores: [Double]
      var sum, transport: Double
    }
    struct Kappa: Decodable {
      var first, second: [Bool]
      var kappa: Double
    }
    struct Ranks: Decodable { var values, ranks: [Double] }
    var pairs: [Pair]
    var assignments: [Assigned]
    var kappa: Kappa
    var ranks: Ranks
  }

  private let fixture: Fixture

  init() throws {
    let url = try #require(
      Bundle.module.url(
        forResource: "representation", withExtension: "json", subdirectory: "Fixtures"))
    fixture = try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
  }

  @Test("dimensionality, RSA, CKA and matching") func pairs() throws {
    #expect(fixture.pairs.count == 5)
    for pair in fixture.pairs {
      let x = FeatureMatrix(pair.first, columns: pair.firstUnits)
      let y = FeatureMatrix(pair.second, columns: pair.secondUnits)
      #expect(x.rows == pair.images)
      let dimensionality = try EffectiveDimensionality(x)
      let expected = pair.dimensionality
      #expect(
        abs(dimensionality.participationRatio.orNaN - expected.participationRatio) < 1e-9)
      #expect(abs(dimensionality.entropy.orNaN - expected.entropy) < 1e-9)
      #expect(abs(dimensionality.maximum.orNaN - expected.maximum) < 1e-9)
      #expect(abs(dimensionality.eigenvalues[0] / expected.largest - 1) < 1e-11)
      if let pearson = pair.rsaPearson, let spearman = pair.rsaSpearman {
        let similarity = RepresentationalSimilarity(
          DissimilarityMatrix(x), DissimilarityMatrix(y))
        #expect(abs(similarity.pearson.orNaN - pearson) < 1e-10)
        #expect(abs(similarity.spearman.orNaN - spearman) < 1e-10)
      }
      let alignment = CKA(x, y)
      #expect(abs(alignment.linear.orNaN - pair.linear) < 1e-10)
      #expect(abs(alignment.debiased.orNaN - pair.debiased) < 1e-9)
      let matching = UnitMatching(x, y)
      #expect(abs(matching.correlation.orNaN - pair.matched) < 1e-10)
      #expect(abs(matching.softCorrelation.orNaN - pair.soft) < 1e-8)
    }
  }

  @Test("assignments and transport with ties") func assignments() {
    #expect(fixture.assignments.count == 6)
    for item in fixture.assignments {
      let found = Assignment.maximum(
        scores: item.scores, rows: item.rows, columns: item.columns)
      var sum = 0.0
      for (row, column) in found.enumerated() {
        if let column { sum += item.scores[row * item.columns + column] }
      }
      #expect(sum == item.sum)
      #expect(Set(found.compactMap { $0 }).count == min(item.rows, item.columns))
      let plan = TransportPlan.maximum(
        scores: item.scores, rows: item.rows, columns: item.columns)
      #expect(abs(plan.orNaN - item.transport) < 1e-8)
    }
  }

  @Test("Cohen's kappa and mid-ranks") func kappaAndRanks() {
    let found = ErrorConsistency(fixture.kappa.first, fixture.kappa.second)
    #expect(abs(found.kappa.orNaN - fixture.kappa.kappa) < 1e-12)
    #expect(Ranks.midranks(fixture.ranks.values) == fixture.ranks.ranks)
  }
}
