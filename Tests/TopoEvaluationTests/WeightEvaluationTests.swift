import Testing
import TopoCompute
import TopoData
import TopoFoundation
import TopoPerturbations

@testable import TopoEvaluation

/// Damaged copies of the paper's networks, made small.
@Suite("Evaluation under weight perturbations", .serialized) struct WeightEvaluationTests {
  /// More images than a batch has.
  static func evaluation(
    _ perturbations: [WeightPerturbation], images count: Int = 300, severities: [Double]? = nil,
    draws: Int = 3
  ) throws -> EvaluationTrial<WeightPart> {
    EvaluationTrial(
      try WeightPart(
        perturbations: perturbations, severities: severities, draws: draws, centers: 3, seed: 9),
      on: AttackEvaluationTests.images(count))
  }

  /// Every kind, on several layers, at few severities.
  static func tasks(_ prepared: WeightEvaluation) -> [WeightTask] {
    Dictionary(grouping: prepared.tasks, by: \.perturbation).values
      .flatMap { [$0[0]] + $0.dropFirst().suffix(2) }
      .sorted { ($0.perturbation.label, $0.severity) < ($1.perturbation.label, $1.severity) }
  }

  static let everything =
    WeightPerturbation.Kind.allCases.map { WeightPerturbation($0) }
    + [
      WeightPerturbation(.zeroing, layers: .readout),
      WeightPerturbation(.pruningGlobal, layers: .dense),
      WeightPerturbation(.multiplicative, layers: .all),
      WeightPerturbation(.additiveRelative, layers: .named("conv2")),
    ]

  private func records(
    _ evaluation: EvaluationTrial<WeightPart>, _ models: [EvaluatedModel], _ device: any Device
  ) throws -> [[Record]] {
    let prepared = try evaluation.prepare(models, device: device)
    var records = models.map { _ in [Record]() }
    for condition in Self.tasks(prepared) {
      for (index, own) in try prepared.outcomes(of: condition).enumerated() {
        records[index] += own.records
      }
    }
    return records
  }

  @Test("severity 0 is what the usual evaluation finds, to the bit", arguments: AttackDevice.all)
  func clean(_ device: AttackDevice) throws {
    let (models, device) = (try AttackEvaluationTests.models(), try device.open())
    let evaluation = try Self.evaluation(Self.everything)
    let prepared = try evaluation.prepare(models, device: device)
    let wanted = try EvaluationTrial.clean(evaluation.images).run(models, device: device).compactMap
    { record -> Record? in
      // What follows from the sheet is no measure of classification.
      guard
        ![MeasureName.silentUnits, MeasureName.unitVariation, MeasureName.imageVariation]
          .contains(record.measure), record.measure != MeasureName.chanceBound,
        !record.measure.hasPrefix(MeasureName.moransI)
      else { return nil }
      var record = record
      record.state = .unknown
      return record
    }
    for condition in prepared.tasks where condition.severity == 0 {
      var found = try prepared.outcomes(of: condition).flatMap(\.records)
      for index in found.indices {
        #expect(found[index].perturbation == condition.perturbation.label)
        found[index].perturbation = Record.clean
      }
      #expect(found == wanted, "\(condition.perturbation.label)")
    }
  }

  /// The part of a network that is computed for copies gives the bits of the whole.
  @Test("copies without damage are the networks, to the bit", arguments: AttackDevice.all)
  func undamaged(_ device: AttackDevice) throws {
    let (all, device) = (try AttackEvaluationTests.models(), try device.open())
    let models = [all[0], all[1], all[3]]
    let architecture = models[0].network.architecture
    let evaluation = try Self.evaluation([WeightPerturbation(.zeroing, layers: .dense)])
    let entrances = architecture.parameters.filter { $0.role == .weight }.map(\.layer)
    #expect(entrances.count == 6)
    let store = FeatureStore(
      try evaluation.context(models), layers: [architecture: entrances.suffix(2)],
      selectivityImages: nil, capacity: 1 << 30, budget: nil, device: device)
    let clean = try store.networks([0, 1, 2]).map(\.clean)
    #expect(clean[0] != clean[1] && clean[0].count == 300)
    for first in entrances {
      var extent = CopyEvaluator.Extent(
        architecture: architecture, first: first, models: 4, copies: 2)
      if extent.entrance == .activations { extent.models = 1 }
      let some = Array(0..<min(3, extent.models))
      let evaluator = try CopyEvaluator(extent, device: device)
      let found = try evaluator.measure(
        some.map { Array(repeating: models[$0].network, count: $0 == 1 ? 1 : 2) },
        features: extent.entrance == .features
          ? try store.features(some, layer: first) : nil,
        images: evaluation.images, normalization: evaluation.normalization)
      #expect(
        found == some.map { Array(repeating: clean[$0], count: $0 == 1 ? 1 : 2) }, "\(first)")
    }
  }

  @Test("packs, threads, order and memory make no difference") func packs() throws {
    let (models, device) = (try AttackEvaluationTests.models(), try CPUDevice(threads: 2))
    var evaluation = try Self.evaluation(Self.everything)
    let wanted = try records(evaluation, models, device)
    #expect(wanted[0] != wanted[1])
    evaluation.pack = 2
    #expect(try records(evaluation, models, device) == wanted)
    evaluation.pack = 7
    let reversed = try records(evaluation, models.reversed(), try CPUDevice(threads: 1))
    #expect(reversed.reversed() == wanted)

    // Hardly room for a copy, and none to keep features.
    evaluation.pack = 256
    let (cifar, mnist) = (models[0].network.architecture, models[2].network.architecture)
    let uses = try [
      CopyEvaluator.memoryUse(
        .init(architecture: cifar, first: 3, models: 1, copies: 1), device: device),
      CopyEvaluator.memoryUse(
        .init(architecture: mnist, first: 0, models: 1, copies: 1), device: device),
      Evaluator.memoryUse(
        architecture: cifar, capacity: 1, features: [cifar.sheetIndex], device: device),
      Evaluator.memoryUse(
        architecture: mnist, capacity: 1, features: [mnist.sheetIndex], device: device),
    ]
    let most = uses.map(\.bytes).max() ?? 0
    evaluation.memoryLimit = most * 4 / 3 + 100_000
    #expect(try records(evaluation, models, device) == wanted)
    evaluation.memoryLimit = 1000
    let error = #expect(throws: DeviceError.self) {
      _ = try records(evaluation, models, device)
    }
    #expect(error?.description.contains("--memory-limit") == true)
  }

  @Test("conditions do not depend on those before") func piecewise() throws {
    let (models, device) = (try AttackEvaluationTests.models(), try CPUDevice(threads: 2))
    let evaluation = try Self.evaluation(Self.everything)
    let first = try evaluation.prepare(models, device: device)
    let conditions = Self.tasks(first)
    let wanted = try conditions.map { try first.outcomes(of: $0) }
    for (condition, records) in zip(conditions, wanted).reversed().prefix(12) {
      let fresh = try evaluation.prepare(models, device: device)
      #expect(try fresh.outcomes(of: condition) == records, "\(condition)")
    }
  }

  @Test(
    "OpenCL answers as the CPU does", .enabled(if: !AttackDevice.openCL.isEmpty),
    arguments: AttackDevice.openCL)
  func agreement(_ device: AttackDevice) throws {
    let models = try AttackEvaluationTests.models()
    let evaluation = try Self.evaluation(Self.everything)
    let found = try records(evaluation, models, try device.open()).flatMap { $0 }
    let wanted = try records(evaluation, models, try AttackDevice.cpu.open()).flatMap { $0 }
    try #require(found.count == wanted.count)
    for (found, wanted) in zip(found, wanted) {
      #expect(found.perturbation == wanted.perturbation && found.measure == wanted.measure)
      let (a, b) = (found.value.number ?? -1, wanted.value.number ?? -1)
      switch wanted.measure {
      case MeasureName.invalidImages: #expect(a == b)
      // An image near the border between classes may fall on either side.
      case MeasureName.accuracy: #expect(abs(a - b) <= 0.01, "\(wanted.perturbation)")
      case MeasureName.negativeLogLikelihood:
        #expect(abs(a - b) < 1e-3 * max(1, abs(b)), "\(wanted.perturbation) \(wanted.severity)")
      default: break
      }
    }
  }

  /// With all units silent, the readout's biases decide, and the image does not.
  @Test("a lesion of all units leaves the biases") func allUnits() throws {
    let (models, device) = (try AttackEvaluationTests.models(), try CPUDevice(threads: 2))
    let evaluation = try Self.evaluation(
      [WeightPerturbation(.lesionRandom), WeightPerturbation(.lesionPatch)], severities: [1])
    let records = try evaluation.run(models, device: device)
    for model in models {
      let biases = model.network["fc2.bias"] ?? []
      let answer = biases.firstIndex(of: biases.max() ?? 0) ?? -1
      let right = evaluation.images.labels.count { $0 == Int32(answer) }
      let found = records.filter {
        $0.seed == model.seed && $0.severity == 1 && $0.measure == MeasureName.accuracy
      }
      #expect(found.count == 6)
      #expect(found.allSatisfy { $0.value.number == Double(right) / 300 })
    }
  }

  @Test("answers that are not finite count as wrong") func notFinite() throws {
    let (models, device) = (try AttackEvaluationTests.models(), try CPUDevice(threads: 2))
    let evaluation = try Self.evaluation(
      [WeightPerturbation(.bitFlips, layers: .dense)], images: 40, severities: [0.5])
    let records = try evaluation.run(models, device: device).filter { $0.severity == 0.5 }
    let invalid = records.filter { $0.measure == MeasureName.invalidImages }
    #expect(invalid.contains { ($0.value.number ?? 0) == 40 })
    for (index, record) in invalid.enumerated() where record.value.number == 40 {
      let own = records.filter {
        $0.seed == record.seed && $0.draw == record.draw && $0.measure != record.measure
      }
      #expect(own.first { $0.measure == MeasureName.accuracy }?.value == .value(0), "\(index)")
      #expect(
        own.first { $0.measure == MeasureName.negativeLogLikelihood }?.value.reason != nil)
    }
    #expect(records.allSatisfy { $0.value.number.map(\.isFinite) ?? true })
  }

  @Test("records by model: norm, conditions, what follows") func order() throws {
    let (models, device) = (try AttackEvaluationTests.models(), try CPUDevice(threads: 2))
    let evaluation = try Self.evaluation(
      [WeightPerturbation(.zeroing), WeightPerturbation(.lesionPatch)], severities: [0.5])
    let prepared = try evaluation.prepare(models, device: device)
    var (shares, task) = ([[Double]](repeating: [], count: prepared.tasks.count), 0)
    try prepared.measure(
      Array(prepared.tasks.indices), progress: { shares[task].append($0) },
      finished: { index, _ in task = index + 1 })
    let records = try evaluation.run(models, device: device)
    #expect(records.first?.measure == MeasureName.weightNorm && records.first?.seed == 0)
    #expect(records.map(\.seed) == records.map(\.seed).sorted())
    let own = records.filter { $0.seed == 1 }
    let names = own.map(\.perturbation).reduce(into: [String]()) {
      if $0.last != $1 { $0.append($1) }
    }
    let labels = ["weights/zeroing/topographic", "lesion/patch"]
    #expect(names == ["clean"] + labels + labels)
    // 7 measures and 4 classes; severity 0, then 3 draws.
    #expect(own.count { $0.perturbation == labels[0] && $0.severity == 0 } == 11)
    let weights = models[1].network.tensors[models[1].network.architecture.sheetWeightIndex]
    let norms = (0..<12).map { unit in
      weights[unit * weights.count / 12..<(unit + 1) * weights.count / 12]
        .reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
    let norm = own.first?.value.number ?? 0
    #expect(abs(norm - norms.reduce(0, +) / 12) < 1e-12)
    #expect(shares.allSatisfy { $0 == $0.sorted() })
    #expect(zip(prepared.tasks, shares).allSatisfy { $0.severity == 0 || $1.last == 1 })
  }

  @Test("a severity that no sheet has, a layer that is not there, images that do not fit")
  func unfit() throws {
    let (models, device) = (try AttackEvaluationTests.models(), try CPUDevice(threads: 1))
    var evaluation = try Self.evaluation(
      [WeightPerturbation(.lesionSelective)], severities: [13])
    #expect(throws: UserError.self) { _ = try evaluation.run(models, device: device) }
    evaluation = try Self.evaluation([WeightPerturbation(.zeroing, layers: .named("conv4"))])
    let error = #expect(throws: UserError.self) {
      _ = try evaluation.run(models, device: device)
    }
    #expect(error?.description.contains("mnist") == true)
    // Severities of its own are left out where they do not fit: 24 of 12 units.
    evaluation = try Self.evaluation([WeightPerturbation(.lesionSelective)])
    #expect(evaluation.part.tasks(for: models).map(\.severity) == [0, 6, 12])
    evaluation.images = ImageSet(
      images: [0], labels: [0], shape: ImageShape(channels: 1, rows: 1, columns: 1), classes: 4)
    #expect(throws: UserError.self) { _ = try evaluation.run(models, device: device) }
  }
}
