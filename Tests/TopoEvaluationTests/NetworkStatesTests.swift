import TestSupport
import Testing
import TopoCompute
import TopoData
import TopoFoundation
import TopoNetworks
import TopoPerturbations
import TopoSheets

@testable import TopoEvaluation

/// Dead networks in records, and constants of training in evaluations.
@Suite("States of networks in records") struct NetworkStatesTests {
  private static let shape = ImageShape(channels: 1, rows: 12, columns: 12)

  private func images(_ count: Int) -> ImageSet {
    ImageSet(
      images: (0..<count * Self.shape.count).map { UInt8(truncatingIfNeeded: $0 * 37 + $0 / 91) },
      labels: (0..<count).map { Int32($0 * 7 % 10) }, shape: Self.shape, classes: 10)
  }

  /// A network whose sheet has weights of `scale` times the initial ones, and equal biases.
  private func model(
    _ penalty: Penalty = .control, seed: UInt64, scale: Float = 1, bias: Float? = nil,
    normalization: Normalization? = nil
  ) throws -> EvaluatedModel {
    let architecture = try Architecture.mnist(input: Self.shape, sheet: Sheet(rows: 4, columns: 5))
    let start = Initialization.pytorchDefault(architecture, seed: seed)
    let tensors = zip(architecture.parameters, start.tensors).map { parameter, values in
      parameter.layer != architecture.sheetIndex
        ? values
        : values.map { parameter.role == .weight ? $0 * scale : bias ?? $0 }
    }
    return EvaluatedModel(
      penalty: penalty, seed: seed, epoch: 3, trainedOn: "d", normalization: normalization,
      network: StateDictionary(architecture: architecture, tensors: tensors))
  }

  private func states(_ records: [Record]) -> [UInt64: Set<NetworkState>] {
    records.reduce(into: [:]) { $0[$1.seed, default: []].insert($1.state) }
  }

  @Test("dead networks are marked", arguments: TestDevices.all) func deadNetworksAreMarked(
    _ name: String
  ) throws {
    let device = try TestDevices.open(name)
    let images = images(150)
    let models = [
      try model(seed: 0, scale: 0, bias: -1), try model(seed: 1, scale: 1e-5, bias: 1),
      try model(seed: 2),
    ]
    let noise = try NoiseSelection(noises: [Noise(.white)], levels: [0.1], draws: 1)
    let records = try EvaluationTrial(ImagePart(noise.sweeps), on: images)
      .run(models, device: device)
    let found = states(records)
    #expect(found[0] == [.silent] && found[1] == [.collapsed])
    // Untrained: its accuracy is that of chance.
    #expect(found[2] == [.atChance])
    func value(_ measure: String, _ seed: UInt64) -> Double? {
      records.first { $0.measure == measure && $0.seed == seed }?.value.number
    }
    #expect(value(MeasureName.silentUnits, 0) == 1 && value(MeasureName.silentUnits, 1) == 0)
    #expect(value(MeasureName.unitVariation, 2).map { $0 > 1e-4 } == true)
    #expect(records.count { $0.measure == MeasureName.chanceBound } == 3)
    #expect(records.allSatisfy { $0.network.epoch == 3 && $0.network.sheet == "4x5" })
    let dead = NetworkStates.dead(in: records)
    #expect(dead.map(\.state) == [.silent, .collapsed, .atChance])
    #expect(dead.map { $0.networks.map(\.seed) } == [[0], [1], [2]])
  }

  private func record(
    _ condition: String, _ measure: String, _ perturbation: String, _ value: Double,
    severity: Double = 0, seed: UInt64 = 0
  ) -> Record {
    Record(
      dataset: "d", network: NetworkIdentity(named: condition, seed: seed), measure: measure,
      perturbation: perturbation, severity: severity, value: .value(value))
  }

  private func clean(_ condition: String, silent: Double, seed: UInt64 = 0) -> [Record] {
    [
      record(condition, MeasureName.accuracy, Record.clean, silent == 1 ? 0.1 : 0.9, seed: seed),
      record(condition, MeasureName.silentUnits, Record.clean, silent, seed: seed),
      record(condition, MeasureName.unitVariation, Record.clean, 0.5, seed: seed),
      record(condition, MeasureName.imageVariation, Record.clean, 0.5, seed: seed),
    ]
  }

  @Test("relative measures of dead networks are undefined")
  func relativeMeasuresOfDeadNetworksAreUndefined() {
    let rows =
      clean("ws-euclidean-1", silent: 1) + [
        record("ws-euclidean-1", MeasureName.meanCorruptionError, "c", 0, severity: 5),
        record("ws-euclidean-1", MeasureName.accuracy, "white", 0.1, severity: 0.2),
      ] + clean("ws-euclidean-1", silent: 0.2, seed: 1)
      + [record("ws-euclidean-1", MeasureName.meanCorruptionError, "c", 0.9, severity: 5, seed: 1)]
    let found = NetworkStates.marked(rows)
    #expect(found.prefix(6).allSatisfy { $0.state == .silent })
    #expect(found.dropFirst(6).allSatisfy { $0.state == .ok })
    #expect(found[4].value == .undefined("the network is silent"))
    #expect(found[5].value == .value(0.1) && found[10].value == .value(0.9))
    // Once more changes nothing.
    #expect(NetworkStates.marked(found) == found)
    // Without clean images, nothing is known.
    #expect(NetworkStates.marked([rows[5]])[0].state == .unknown)
  }

  /// A dead control network is no base of corruption errors.
  @Test("a dead control is no base") func deadControlIsNoBase() throws {
    func network(_ condition: String, _ seed: UInt64, silent: Double, error: Double) -> [Record] {
      clean(condition, silent: silent, seed: seed)
        + [
          record(
            condition, MeasureName.accuracy, "c/fog", 1 - error, severity: 1, seed: seed)
        ]
    }
    let rows =
      network("control", 0, silent: 0, error: 0.4) + network("control", 1, silent: 1, error: 0.9)
    let own = network("as-euclidean-1", 0, silent: 0, error: 0.2)
    let errors = CorruptionError(["c/fog"], family: "c")
    func ce(_ records: [Record]) -> MeasuredValue? {
      errors.records(NetworkStates.marked(records)).first {
        $0.measure == MeasureName.corruptionError && $0.condition == "as-euclidean-1"
      }?.value
    }
    let found = try #require(ce(rows + own)?.number)
    #expect(abs(found - 0.5) < 1e-12)
    #expect(
      ce(network("control", 1, silent: 1, error: 0.9) + own)
        == .undefined("there is no control network that learned"))
  }

  /// Networks of different constants side by side give what each gives alone, in every kind of
  /// evaluation.
  @Test("the constants of training are used") func constantsOfTraining() throws {
    let images = images(120)
    let device = try CPUDevice(threads: 2)
    let dim = Normalization(mean: [0.9], standardDeviation: [0.1])
    let own = Normalization(of: images)
    let models = [
      try model(seed: 0), try model(seed: 1, normalization: dim), try model(seed: 2),
      try model(seed: 3, normalization: dim), try model(seed: 4, normalization: own),
      try model(seed: 5, normalization: own),
    ]
    let noise = try NoiseSelection(noises: [Noise(.white)], levels: [0.1], draws: 1)
    let attack = try AttackPart(
      attacks: [Attack(.fgsm), Attack(.pgdLinf)], epsilons: [0.1], images: 20)
    let weights = try WeightPart(
      perturbations: [WeightPerturbation(.zeroing), WeightPerturbation(.lesionSelective)],
      severities: nil, draws: 1, centers: 2, seed: 0)
    func all(_ models: [EvaluatedModel], _ normalization: Normalization) throws -> [[Record]] {
      [
        try EvaluationTrial(
          ImagePart(noise.sweeps), on: images, normalization: normalization
        ).run(models, device: device),
        try EvaluationTrial(attack, on: images, normalization: normalization)
          .run(models, device: device),
        try EvaluationTrial(weights, on: images, normalization: normalization)
          .run(models, device: device),
      ]
    }
    let together = try all(models, own)
    for model in models {
      var alone = model
      let normalization = alone.normalization ?? own
      alone.normalization = nil
      for (place, records) in try all([alone], normalization).enumerated() {
        #expect(together[place].filter { $0.seed == model.seed } == records)
      }
      // And the constants matter.
      let other = try all([alone], model.normalization == dim ? own : dim)
      #expect(other[0] != together[0].filter { $0.seed == model.seed })
    }
    let texts = NormalizationRecord.of(models, fallback: own)
    #expect(texts["normalization-mean of control/seed-1"] == "0.9" && texts.count == 12)
    let one = NormalizationRecord.of([models[1]], fallback: own)
    #expect(one["normalization-standard-deviation"] == "0.1")
  }
}
