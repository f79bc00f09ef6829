import TestSupport
import Testing
import TopoCompute
import TopoData
import TopoNetworks
import TopoSheets

@testable import TopoTraining

/// Edges of the protocol: what is grouped, what is refused, sizes that do not divide.
@Suite("Trainer") struct TrainerTests {
  @Test("penalties that differ in lambda share an operation")
  func penaltiesThatDifferInLambdaShareAnOperation() {
    let members = [
      Member(condition: .control, seed: 0),
      Member(condition: .weightSimilarity(lambda: 1), seed: 0),
      Member(condition: .weightSimilarity(lambda: 0.5), seed: 0),
      Member(condition: .weightSimilarity(.cosine, lambda: 2), seed: 0),
      Member(condition: .activationSimilarity(lambda: 0.25), seed: 0),
      Member(condition: .activationSimilarity(lambda: 0.25, view: .postReLU), seed: 0),
      Member(condition: .weightSimilarity(lambda: 1), seed: 1),
      Member(condition: .weightSimilarity(lambda: 0), seed: 1),
    ]
    let terms = Objective(members).terms
    #expect(
      terms.map(\.lambdas) == [
        [0, 1, 0.5, 0, 0, 0, 1, 0], [0, 0, 0, 2, 0, 0, 0, 0], [0, 0, 0, 0, 0.25, 0, 0, 0],
        [0, 0, 0, 0, 0, 0.25, 0, 0],
      ])
    #expect(
      terms.map(\.penalty.kind) == [
        .weightSimilarity, .weightSimilarity, .activationSimilarity, .activationSimilarity,
      ])
    #expect(Objective([members[0], members[7]]).terms.isEmpty)
  }

  /// A lambda of 0 is control: the same bits.
  @Test("lambda 0 is the control") func lambda0IsControl() throws {
    let architecture = try Synthetic.networks()[0]
    let outcomes = try Synthetic.trainer(
      Synthetic.configuration(architecture, epochs: 1),
      [
        Member(condition: .control, seed: 5),
        Member(condition: .activationSimilarity(lambda: 0), seed: 5),
      ], device: try CPUDevice(threads: 2)
    ).outcomes()
    #expect(outcomes[0].parameters == outcomes[1].parameters)
  }

  /// One step of gradient descent moves by the rate times the gradient, and with momentum the
  /// second step moves further: `(1 + momentum)` times, were the gradient the same.
  @Test("momentum accumulates") func momentumKeepsGoing() throws {
    let architecture = try Synthetic.networks()[0]
    func train(_ rule: OptimizerRule) throws -> [Outcome] {
      // One batch of all 40 images, and a rate so small that gradients hardly change.
      try Synthetic.trainer(
        Synthetic.configuration(architecture, epochs: 2, batch: 40, rule: rule, learningRate: 1e-3),
        [Member(condition: .control, seed: 2)], device: try CPUDevice(threads: 2)
      ).outcomes()
    }
    let start = Initialization.pytorchDefault(architecture, seed: 2)
    func moved(_ outcome: Outcome) -> Double {
      // The last bias: dropout leaves its gradient nearly alone.
      zip(outcome.parameters[outcome.parameters.count - 1], start.tensors[start.tensors.count - 1])
        .map { Double(abs(Float(bitPattern: $0) - $1)) }.reduce(0, +)
    }
    let (plain, momentum) = (moved(try train(.sgd())[0]), moved(try train(.sgd(momentum: 0.5))[0]))
    // g + g against g + (1 + 0.5) g.
    #expect(abs(momentum / plain - 1.25) < 0.05, "\(momentum / plain)")
    #expect(plain > 0)
  }

  @Test("fewer images than a batch") func fewerImagesThanABatch() throws {
    let architecture = try Synthetic.networks()[1]
    let trainer = try Synthetic.trainer(
      Synthetic.configuration(architecture, batch: 64), Array(Synthetic.population[1...2]),
      device: try CPUDevice(threads: 2), images: 20)
    #expect(trainer.stepsPerEpoch == 1)
    #expect(trainer.imagesPerEpoch == 16)
    var seen: [TrainingProgress] = []
    let reports = try trainer.trainEpoch { seen.append($0) }
    #expect(reports.count == 2)
    #expect(seen.last?.step == 1)
    #expect(seen.last?.steps == 1)
    #expect(trainer.stepOperations.count > 10)
  }

  @Test("one image") func oneImage() throws {
    let trainer = try Synthetic.trainer(
      Synthetic.configuration(try Synthetic.networks()[0]), [Synthetic.population[1]],
      device: try CPUDevice(threads: 1), images: 1)
    let report = try #require(trainer.trainEpoch()[0])
    #expect(report.crossEntropy.isFinite)
    #expect(report.validationAccuracy == nil)
  }

  @Test("no validation images", arguments: TestDevices.all)
  func noValidationImages(_ name: String) throws {
    let trainer = try Synthetic.trainer(
      Synthetic.configuration(try Synthetic.networks()[0], trainingFraction: 1),
      [Synthetic.population[0]], device: try TestDevices.open(name))
    #expect(trainer.imagesPerEpoch == 50)
    let report = try #require(trainer.trainEpoch()[0])
    #expect(report.validationAccuracy == nil)
    #expect(report.validationCrossEntropy == nil)
    #expect((0...1).contains(report.trainingAccuracy))
  }

  /// The means that are reported are means: an untrained network of ten classes has ln 10.
  @Test("reports are means", arguments: TestDevices.all)
  func reportsAreMeans(_ name: String) throws {
    let trainer = try Synthetic.trainer(
      Synthetic.configuration(
        try Synthetic.networks()[0], rule: .sgd(), learningRate: 1e-9),
      [Synthetic.population[0]], device: try TestDevices.open(name))
    let report = try #require(trainer.trainEpoch()[0])
    #expect(abs(report.crossEntropy - 2.3026) < 0.2)
    #expect(abs((report.validationCrossEntropy ?? 0) - 2.3026) < 0.2)
    let right = report.trainingAccuracy * 40
    #expect(abs(right - right.rounded()) < 1e-9)
  }

  @Test("progress is reported often") func progressIsShownOften() throws {
    let trainer = try Synthetic.trainer(
      Synthetic.configuration(try Synthetic.networks()[0]), Synthetic.population,
      device: try CPUDevice(threads: 2))
    var seen: [TrainingProgress] = []
    _ = try trainer.trainEpoch { seen.append($0) }
    let last = try #require(seen.last)
    #expect(last.epoch == 1 && last.epochs == 2)
    #expect(last.step == 3 && last.steps == 3)
    #expect(last.imagesPerSecond > 0)
    #expect(last.secondsLeft > 0)
    #expect(last.penalty > 0)
    #expect(seen.map(\.step) == seen.map(\.step).sorted())
  }

  // MARK: Refused

  private func problem(
    _ members: [Member], _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) -> String {
    message {
      var configuration = Synthetic.configuration(try Synthetic.networks()[0])
      change(&configuration)
      _ = try Synthetic.trainer(configuration, members, device: try CPUDevice(threads: 1))
    }
  }

  @Test("impossible protocols are refused") func impossibleProtocolsAreRefused() throws {
    let one = [Synthetic.population[0]]
    #expect(problem([]).contains("nothing to train"))
    #expect(problem(one + one).contains("occurs twice"))
    #expect(problem(one) { $0.batch = 0 }.contains("the batch is 0 images"))
    #expect(problem(one) { $0.epochs = 0 }.contains("0 epochs"))
    for rate in [0, -1, Float.nan, .infinity] {
      #expect(problem(one) { $0.learningRate = rate }.contains("the learning rate is"))
    }
    for fraction in [0, -1, 1.1, Double.nan] {
      #expect(problem(one) { $0.trainingFraction = fraction }.contains("the training fraction is"))
    }
    let negative = Member(condition: .weightSimilarity(lambda: -1), seed: 0)
    #expect(problem([negative]).contains("lambda is -1.0"))
  }

  @Test("images must fit") func imagesMustFit() throws {
    let set = Synthetic.images(10, shape: Synthetic.color)
    let text = message {
      _ = try Trainer(
        configuration: Synthetic.configuration(try Synthetic.networks()[0]),
        members: [Synthetic.population[0]], training: set,
        normalization: Normalization(of: set), device: try CPUDevice(threads: 1))
    }
    #expect(text.contains("reads images of 1 channel, but those of synthetic have 3"))
  }

  /// Post-ReLU activations need a ReLU behind the sheet.
  @Test("post-ReLU needs a ReLU") func postReLUNeedsAReLU() throws {
    let text = message {
      let architecture = try Architecture(
        name: "bare", input: Synthetic.gray,
        layers: [
          .globalAveragePooling, .sheet(name: "fc1", Sheet(rows: 3, columns: 3)),
          .linear(name: "fc2", outputs: 10),
        ])
      _ = try Synthetic.trainer(
        Synthetic.configuration(architecture), [Synthetic.population[3]],
        device: try CPUDevice(threads: 1))
    }
    #expect(text.contains("has none; use pre-relu"))
  }
}
