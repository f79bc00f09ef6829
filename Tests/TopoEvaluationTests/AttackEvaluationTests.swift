import Testing
import TopoCompute
import TopoData
import TopoFoundation
import TopoNetworks
import TopoPerturbations
import TopoSheets

@testable import TopoEvaluation

/// Attacks on populations of the paper's networks, made small.
@Suite("Evaluation under attack", .serialized) struct AttackEvaluationTests {
  static let shape = ImageShape(channels: 3, rows: 8, columns: 8)

  static func images(_ count: Int) -> ImageSet {
    var source = RandomSequence(Philox(seed: 5, purpose: .test))
    return ImageSet(
      images: (0..<count * shape.count).map { _ in UInt8(source.next(below: 256)) },
      labels: (0..<count).map { _ in Int32(source.next(below: 4)) }, shape: shape, classes: 4)
  }

  /// Networks of two architectures, with weights large enough that their answers differ.
  static func models() throws -> [EvaluatedModel] {
    try (0..<5).map { index in
      let architecture = try Architecture.preset(
        index == 2 ? "mnist" : "cifar10", input: shape, sheet: Sheet(rows: 3, columns: 4),
        classes: 4)
      var network = Initialization.pytorchDefault(architecture, seed: UInt64(index))
      for (place, parameter) in architecture.parameters.enumerated()
      where parameter.role == .weight {
        network.replace(place, with: network.tensors[place].map { 2 * $0 })
      }
      return EvaluatedModel(
        penalty: .weightSimilarity(lambda: Double(index)), seed: UInt64(index), trainedOn: nil,
        network: network)
    }
  }

  static func evaluation(
    _ attacks: [Attack], images count: Int = 8, epsilons: [Double]? = [0.05, 0.1]
  ) throws -> EvaluationTrial<AttackPart> {
    EvaluationTrial(
      try AttackPart(attacks: attacks, epsilons: epsilons, seed: 9), on: images(count))
  }

  /// All kinds, with few steps.
  static var attacks: [Attack] {
    Attack.Kind.allCases.map { kind in
      var attack = Attack(kind)
      if attack.randomStart { (attack.steps, attack.stepShare) = (3, 0.4) }
      return attack
    }
  }

  private func value(
    _ records: [Record], _ measure: String, _ perturbation: String, _ severity: Double,
    seed: UInt64 = 0
  ) -> Double? {
    let found = records.filter {
      $0.measure == measure && $0.perturbation == perturbation && $0.severity == severity
        && $0.seed == seed
    }
    #expect(found.count == 1, "\(measure), \(perturbation), \(severity)")
    return found.first?.value.number
  }

  @Test("packs and their order give the same records") func packs() throws {
    let (models, device) = (try Self.models(), try CPUDevice(threads: 2))
    var evaluation = try Self.evaluation(Self.attacks)
    let wanted = try evaluation.run(models, device: device)
    #expect(wanted.first?.seed == 0 && wanted.last?.seed == 4)
    evaluation.pack = 2
    #expect(try evaluation.run(models, device: device) == wanted)
    let single = try models.flatMap {
      try evaluation.run([$0], device: try CPUDevice(threads: 1))
    }
    #expect(single == wanted)
    let use = try Attacker.memoryUse(
      architecture: models[0].network.architecture, capacity: 2,
      normalization: evaluation.normalization, batch: 8, device: device)
    evaluation.pack = 16
    evaluation.memoryLimit = 2 * use.bytes
    #expect(try evaluation.prepare(models, device: device).packs(batch: 8).count == 3)
    #expect(try evaluation.run(models, device: device) == wanted)
  }

  @Test("epsilon 0 is the clean images; the measures are the usual ones") func clean() throws {
    let (models, device) = (try Self.models(), try CPUDevice(threads: 2))
    let evaluation = try Self.evaluation(Self.attacks)
    let records = try evaluation.run(models, device: device)
    let clean = try EvaluationTrial.clean(evaluation.images).run(models, device: device)
    for model in models {
      for attack in Self.attacks {
        for measure in [MeasureName.accuracy, MeasureName.negativeLogLikelihood] {
          let found = value(records, measure, attack.label, 0, seed: model.seed) ?? .nan
          let wanted = value(clean, measure, Record.clean, 0, seed: model.seed) ?? .nan
          // The two round differently: one image may stand at the border between two classes.
          let most = measure == MeasureName.accuracy ? 1.01 / 8 : 1e-5
          #expect(abs(found - wanted) < most, "\(measure), \(attack.label)")
        }
        let accuracies = [0, 0.05, 0.1].compactMap {
          value(records, MeasureName.accuracy, attack.label, $0, seed: model.seed)
        }
        #expect(accuracies.count == 3)
        let area = (accuracies[0] + 2 * accuracies[1] + accuracies[2]) / 4
        let found = value(
          records, MeasureName.areaUnderAccuracy, attack.label, 0.1, seed: model.seed)
        #expect(abs((found ?? .nan) - area) < 1e-12)
      }
      let norm = value(
        records, MeasureName.inputGradientNorm, Record.clean, 0, seed: model.seed)
      #expect((norm ?? 0) > 0)
    }
  }

  @Test("attacks stay within epsilon and raise the loss", arguments: AttackDevice.all)
  func attacksRaiseTheLoss(_ device: AttackDevice) throws {
    let models = try Self.models()
    let evaluation = try Self.evaluation(Self.attacks)
    let clean = evaluation.images.images.map { Float($0) / 255 }
    var seen = 0
    let records = try evaluation.run(
      models, device: try device.open(),
      inspect: { task, images, first, _ in
        #expect(first == 0)
        for image in images {
          #expect(image.allSatisfy { (0...1).contains($0) })
          for start in stride(from: 0, to: clean.count, by: Self.shape.count) {
            let differences = (start..<start + Self.shape.count).map {
              Double(image[$0]) - Double(clean[$0])
            }
            let distance =
              task.attack.norm == .linf
              ? differences.map { abs($0) }.max() ?? 0
              : differences.reduce(0) { $0 + $1 * $1 }.squareRoot()
            #expect(distance <= task.epsilon + 1e-6 && distance > 0.3 * task.epsilon)
          }
          seen += 1
        }
      })
    #expect(seen == models.count * Self.attacks.count * 2)
    for model in models {
      for attack in Self.attacks {
        let losses = [0, 0.05, 0.1].compactMap {
          value(
            records, MeasureName.negativeLogLikelihood, attack.label, $0, seed: model.seed)
        }
        #expect(losses == losses.sorted() && losses[0] < losses[2], "\(attack.label): \(losses)")
      }
    }
  }

  @Test("random starts are the same for every network, batch and place in it")
  func starts() throws {
    var start = Attack(.pgdLinf)
    (start.steps, start.stepShare) = (1, 0)
    let model = try Self.models()[0]
    func images(batch: Int, copies: Int) throws -> [[Float]] {
      var evaluation = try Self.evaluation([start], images: 9, epsilons: [0.1])
      evaluation.batch = batch
      var images = [[Float]](repeating: [], count: copies)
      _ = try evaluation.run(
        Array(repeating: model, count: copies), device: try CPUDevice(threads: 2),
        inspect: { _, batch, first, _ in
          #expect(first * Self.shape.count == images[0].count)
          for (index, part) in batch.enumerated() { images[index] += part }
        })
      return images
    }
    let all = try images(batch: 9, copies: 3)
    #expect(all[0] == all[1] && all[0] == all[2])
    #expect(all[0] != Self.images(9).images.map { Float($0) / 255 })
    #expect(try images(batch: 4, copies: 1) == [all[0]])
    #expect(try images(batch: 1, copies: 2) == [all[0], all[0]])
  }

  @Test("batches make no difference", arguments: AttackDevice.all)
  func batches(_ device: AttackDevice) throws {
    let models = Array(try Self.models()[1...2])
    var evaluation = try Self.evaluation(Self.attacks)
    let whole = try evaluation.run(models, device: try device.open())
    evaluation.batch = 4
    #expect(try evaluation.prepare(models, device: device.open()).batchSize == 4)
    try expectNear(try evaluation.run(models, device: try device.open()), whole)
  }

  @Test(
    "OpenCL answers as the CPU does", .enabled(if: !AttackDevice.openCL.isEmpty),
    arguments: AttackDevice.openCL)
  func agreement(_ device: AttackDevice) throws {
    let models = try Self.models()
    let evaluation = try Self.evaluation(Self.attacks)
    try expectNear(
      try evaluation.run(models, device: try device.open()),
      try evaluation.run(models, device: try AttackDevice.cpu.open()))
  }

  /// Rounding may turn the sign of a gradient that is nearly zero, and with it one pixel; steps
  /// after that begin elsewhere. On these networks of doubled weights that comes to 1.3e-3 of the
  /// loss.
  private func expectNear(_ found: [Record], _ wanted: [Record]) throws {
    try #require(found.count == wanted.count)
    for (found, wanted) in zip(found, wanted) {
      let smooth = [MeasureName.negativeLogLikelihood, MeasureName.inputGradientNorm]
      guard smooth.contains(wanted.measure) else { continue }
      let (a, b) = (found.value.number ?? .nan, wanted.value.number ?? .nan)
      #expect(
        abs(a - b) < 5e-3 * max(1, abs(b)), "\(wanted.perturbation) at \(wanted.severity)")
    }
  }

  @Test("progress counts gradients, of each task") func progress() throws {
    var trial = try Self.evaluation(Self.attacks, epsilons: [0.1])
    trial.batch = 5
    let evaluation = try trial.prepare([try Self.models()[0]], device: try CPUDevice(threads: 1))
    var (shares, task) = ([[Double]](repeating: [], count: 4), 0)
    try evaluation.measure(
      [0, 1, 2, 3], progress: { shares[task].append($0) },
      finished: { index, _ in task = index + 1 })
    // Clean and one gradient, or three; two batches.
    #expect(shares.map(\.count) == [4, 4, 8, 8])
    for shares in shares {
      #expect(shares == (1...shares.count).map { Double($0) / Double(shares.count) })
    }
  }

  @Test("a task alone gives what it gives among others") func tasks() throws {
    let (models, device) = (try Self.models(), try CPUDevice(threads: 2))
    let trial = try Self.evaluation(Self.attacks)
    let whole = try trial.prepare(models, device: device)
    var wanted: [Int: TaskResult] = [:]
    try whole.measure(Array(whole.tasks.indices)) { wanted[$0] = $1 }
    #expect(wanted.count == 8)
    for task in whole.tasks.indices.reversed() {
      let alone = try trial.prepare(models, device: device)
      try alone.measure([task]) { #expect($0 == task && $1 == wanted[task]) }
    }
  }

  @Test("more images than there are") func tooMany() throws {
    let set = Self.images(3)
    let device = try CPUDevice(threads: 1)
    let part = try AttackPart(attacks: [Attack(.fgsm)], images: 4)
    #expect(throws: UserError.self) {
      _ = try EvaluationTrial(part, on: set).prepare([], device: device)
    }
    let all = try EvaluationTrial(AttackPart(attacks: [Attack(.fgsm)]), on: set)
      .prepare([], device: device)
    #expect(all.context.images.count == 3)
  }
}
