import Testing
import TopoEvaluation
import TopoFoundation
import TopoNetworks
import TopoSheets

@Suite("Comparisons of conditions") struct ConditionComparisonTests {
  /// Records of accuracies: of each condition, by seed, clean and under `white` at two severities.
  private func records(
    _ accuracies: [String: [Double]], state: (String, UInt64) -> NetworkState = { _, _ in .ok }
  ) -> [Record] {
    accuracies.sorted { $0.key < $1.key }.flatMap { condition, values in
      values.enumerated().flatMap { seed, accuracy -> [Record] in
        func record(
          _ value: Double, _ perturbation: String = Record.clean, _ severity: Double = 0,
          _ draw: Int = 0
        ) -> Record {
          Record(
            dataset: "mnist", network: NetworkIdentity(named: condition, seed: UInt64(seed)),
            state: state(condition, UInt64(seed)), measure: MeasureName.accuracy,
            perturbation: perturbation, severity: severity, draw: draw, value: .value(value))
        }
        // Severity 0.1 has two draws: means of draws come before those of severities.
        return [
          record(accuracy), record(accuracy - 0.1, "white", 0.1, 0),
          record(accuracy - 0.3, "white", 0.1, 1), record(accuracy - 0.6, "white", 0.2),
          record(0, "white", 0),
        ]
      }
    }
  }

  private let accuracies = [
    "control": [0.9, 0.8, 0.85], "ws-euclidean-1": [0.95, 0.84, 0.86],
    "as-correlation-1": [0.9, 0.7, 0.8], "as-correlation-1-untransposed": [0.8, 0.7, 0.8],
  ]

  @Test("pair networks by seed and average draws, then severities") func values() throws {
    let values = NetworkValues(records(accuracies))
    let setting = try #require(values.settings.first)
    #expect(values.settings.count == 1 && values.conditions.count == 4)
    let perturbed = values[
      setting, ComparedMeasure(MeasureName.accuracy, under: "white"), "control"]
    #expect(abs((perturbed[0]?.number ?? 0) - (0.9 - 0.4)) < 1e-12)
    let change = values[
      setting, ComparedMeasure(ComparedMeasure.accuracyChange, under: "white"), "ws-euclidean-1"]
    #expect(abs((change[1]?.number ?? 0) + 0.4) < 1e-12)
  }

  @Test("have differences to the reference and p values corrected over conditions")
  func comparisons() throws {
    let values = NetworkValues(records(accuracies), measures: [MeasureName.accuracy])
    let pairs = try ConditionPair.against("control", values)
    let clean = ConditionComparison.all(values, pairs: pairs).filter {
      $0.measure.perturbation == Record.clean
    }
    #expect(clean.map(\.condition).sorted() == accuracies.keys.filter { $0 != "control" }.sorted())
    let weights = try #require(clean.first { $0.condition == "ws-euclidean-1" })
    for (difference, expected) in zip(weights.sample.differences, [0.05, 0.04, 0.01]) {
      #expect(abs(difference - expected) < 1e-12)
    }
    #expect(weights.sample.signFlip.number == 0.25)
    // Three conditions, 3 times 0.25 for the smallest.
    #expect(weights.correctedP.number == 0.75)
    #expect(weights.reference == "control" && weights.unpaired == 0)
  }

  @Test("leave out dead networks and networks without a partner") func missing() throws {
    var accuracies = accuracies
    accuracies["ws-euclidean-1"] = [0.95, 0.84, 0.86, 0.9]
    let records = records(accuracies) { condition, seed in
      condition == "control" && seed == 1 ? .silent : .ok
    }
    let values = NetworkValues(records, measures: [MeasureName.accuracy])
    let weights = try #require(
      ConditionComparison.all(values, pairs: try ConditionPair.against("control", values))
        .first { $0.condition == "ws-euclidean-1" })
    #expect(weights.sample.count == 2 && weights.unpaired == 2)
    let all = NetworkValues(records, measures: [MeasureName.accuracy], includesDead: true)
    let with = ConditionComparison.all(
      all, pairs: [ConditionPair("ws-euclidean-1", reference: "control")])
    #expect(with.first?.sample.count == 3)
  }

  @Test("find conditions that differ in one part") func parts() throws {
    let values = NetworkValues(records(accuracies))
    #expect(
      try ConditionPair.differing(in: .layout, values) == [
        ConditionPair("as-correlation-1-untransposed", reference: "as-correlation-1")
      ])
    #expect(throws: UserError.self) { try ConditionPair.differing(in: .view, values) }
    #expect(throws: UserError.self) { try ConditionPair.against("ws-cosine-2", values) }
    let other = NetworkValues(records(["as-cosine-3": [0.5]]))
    #expect(throws: UserError.self) { try ConditionPair.shared(values, with: other, title: "b") }
  }

  @Test("of two runs are of the same conditions") func runs() throws {
    let first = NetworkValues(records(accuracies), measures: [MeasureName.accuracy])
    let second = NetworkValues(
      records(["control": [0.91, 0.82, 0.88]]), measures: [MeasureName.accuracy])
    let pairs = try ConditionPair.shared(second, with: first, title: "runs/first")
    let comparison = try #require(
      ConditionComparison.all(second, against: first, pairs: pairs).first)
    #expect(abs((comparison.sample.mean.number ?? 0) - 0.02) < 1e-12)
    #expect(comparison.reference == "runs/first")
  }

  @Test("trends over lambda need three lambdas and have seeds as blocks") func trends() throws {
    let values = NetworkValues(
      records([
        "ws-euclidean-0.1": [0.9, 0.8], "ws-euclidean-1": [0.8, 0.7],
        "ws-euclidean-2": [0.7, 0.6], "as-correlation-1": [0.9, 0.8],
        "as-correlation-2": [0.9, 0.7], "control": [0.9, 0.8],
      ]), measures: [MeasureName.accuracy])
    let trends = LambdaTrend.all(values).filter { $0.measure.perturbation == Record.clean }
    #expect(trends.map(\.family) == ["ws-euclidean"])
    #expect(trends.first?.lambdas == [0.1, 1, 2] && trends.first?.test.strength == -1)
  }
}
