import Testing
import TopoEvaluation
import TopoFoundation
import TopoNetworks
import TopoSheets

@Suite("Comparisons of conditions") struct ConditionComparisonTests {
  /// Records of accuracies: of each condition, by seed, clean and under `white` at two severities and
  /// at severity 0, as of attacks on fewer images.
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
          record(accuracy - 0.05, "white", 0),
        ]
      }
    }
  }

  private let accuracies = [
    "control": [0.9, 0.8, 0.85], "ws-euclidean-1": [0.95, 0.84, 0.86],
    "as-correlation-1": [0.9, 0.7, 0.8], "as-correlation-1-untransposed": [0.8, 0.7, 0.8],
  ]

  @Test("average draws, and severities that all compared networks have") func values() throws {
    let values = try NetworkValues(records(accuracies))
    let setting = try #require(values.settings.first)
    #expect(values.settings.count == 1 && values.conditions.count == 4)
    func network(_ name: String, _ condition: String) throws -> NetworkValues.BySeverity {
      try #require(values[setting, ComparedMeasure(name, under: "white"), condition][0])
    }
    let perturbed = try network(MeasureName.accuracy, "control")
    #expect(perturbed.keys.sorted() == [0.1, 0.2])
    #expect(abs((try #require(NetworkValues.means(of: [perturbed]))[0]) - 0.5) < 1e-12)
    // To severity 0 of the same perturbation, not to all clean images.
    let change = try network(ComparedMeasure.accuracyChange, "ws-euclidean-1")
    #expect(abs((change[0.1]?.number ?? 0) + 0.15) < 1e-12)
    let one = [0.1: perturbed[0.1]].compactMapValues { $0 }
    #expect(NetworkValues.means(of: [perturbed, one])?[0] == perturbed[0.1]?.number)
    #expect(NetworkValues.means(of: [one, [0.2: .value(1)]]) == nil)
    #expect(NetworkValues.means(of: [perturbed, [0.1: .undefined("x"), 0.2: .value(1)]]) == nil)
  }

  @Test("severity 0 counts for no measure that has others") func severityZero() throws {
    func record(_ measure: String, _ severity: Double, _ value: Double) -> Record {
      Record(
        dataset: "mnist", network: NetworkIdentity(named: "control", seed: 0), state: .ok,
        measure: measure, perturbation: "lesion/patch", severity: severity,
        value: .value(value))
    }
    let records = ["balanced-accuracy", "accuracy-class-3", "invalid-images"].flatMap {
      [record($0, 0, 1), record($0, 0.1, 0.5)]
    }
    let values = try NetworkValues(records + [record("audc", 0, 0.7)])
    let setting = try #require(values.settings.first)
    for measure in values.measures {
      let network = try #require(values[setting, measure, "control"][0])
      #expect(network == (measure.name == "audc" ? [0: .value(0.7)] : [0.1: .value(0.5)]))
    }
    #expect(throws: UserError.self) {
      try NetworkValues(records + [record("invalid-images", 0.1, 0.6)])
    }
  }

  @Test("values that are too large to subtract leave their seed unpaired") func huge() throws {
    let values = try NetworkValues(
      records(["control": [1e308, 0.5], "ws-euclidean-1": [-1e308, 0.6]]),
      measures: [MeasureName.accuracy])
    let clean = ConditionComparison.all(
      values, pairs: [ConditionPair("ws-euclidean-1", reference: "control")]
    ).first { $0.measure.perturbation == Record.clean }
    #expect(clean?.sample.count == 1 && clean?.unpaired == 1)
  }

  @Test("have differences to the reference and p values corrected over conditions")
  func comparisons() throws {
    let values = try NetworkValues(records(accuracies), measures: [MeasureName.accuracy])
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
    let values = try NetworkValues(records, measures: [MeasureName.accuracy])
    let weights = try #require(
      ConditionComparison.all(values, pairs: try ConditionPair.against("control", values))
        .first { $0.condition == "ws-euclidean-1" })
    #expect(weights.sample.count == 2 && weights.unpaired == 2)
    let all = try NetworkValues(records, measures: [MeasureName.accuracy], includesDead: true)
    let with = ConditionComparison.all(
      all, pairs: [ConditionPair("ws-euclidean-1", reference: "control")])
    #expect(with.first?.sample.count == 3)
  }

  @Test("find conditions that differ in one part") func parts() throws {
    let values = try NetworkValues(records(accuracies))
    #expect(
      try ConditionPair.differing(in: .layout, values) == [
        ConditionPair("as-correlation-1-untransposed", reference: "as-correlation-1")
      ])
    #expect(throws: UserError.self) { try ConditionPair.differing(in: .view, values) }
    #expect(throws: UserError.self) { try ConditionPair.against("ws-cosine-2", values) }
    let other = try NetworkValues(records(["as-cosine-3": [0.5]]))
    #expect(throws: UserError.self) { try ConditionPair.shared(values, with: other, title: "b") }
  }

  @Test("of two runs are of the same conditions") func runs() throws {
    let first = try NetworkValues(records(accuracies), measures: [MeasureName.accuracy])
    let second = try NetworkValues(
      records(["control": [0.91, 0.82, 0.88]]), measures: [MeasureName.accuracy])
    let pairs = try ConditionPair.shared(second, with: first, title: "runs/first")
    let comparison = try #require(
      ConditionComparison.all(second, against: first, pairs: pairs).first)
    #expect(abs((comparison.sample.mean.number ?? 0) - 0.02) < 1e-12)
    #expect(comparison.reference == "runs/first")
  }

  @Test("trends over lambda need three lambdas and have seeds as blocks") func trends() throws {
    let values = try NetworkValues(
      records([
        "ws-euclidean-0.1": [0.9, 0.8], "ws-euclidean-1": [0.8, 0.7],
        "ws-euclidean-2": [0.7, 0.6], "as-correlation-1": [0.9, 0.8],
        "as-correlation-2": [0.9, 0.7], "control": [0.9, 0.8],
      ]), measures: [MeasureName.accuracy])
    let trends = LambdaTrend.all(values).filter { $0.measure.perturbation == Record.clean }
    #expect(trends.map(\.family) == ["ws-euclidean"])
    #expect(trends.first?.lambdas == [0.1, 1, 2] && trends.first?.test.correlation == -1)
  }
}
