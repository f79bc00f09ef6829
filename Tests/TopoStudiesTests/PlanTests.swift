import Foundation
import TestSupport
import Testing
import TopoFoundation
import TopoPerturbations
import TopoSheets
import TopoStudies

@Suite("Plans") struct PlanTests {
  /// A plan in few lines; line 1 is `name`.
  static let small = """
    name: small
    data: fashion-mnist
    architecture: mnist
    conditions:
      - penalty: control
      - penalty: ws
        lambda: 1
    seeds: 0-1
    epochs: 2
    """

  static func plan(_ text: String) throws -> Plan { try Plan(yaml: text, file: "plan.yaml") }

  @Test("the demo is a plan") func theDemoIsAPlan() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Plans/demo.yaml").standardizedFileURL
    let plan = try Plan(contentsOf: file)
    #expect(plan.name == "demo")
    #expect(plan.conditions.map(\.kind) == [.control, .weightSimilarity, .activationSimilarity])
    #expect((2...3).contains(plan.seeds.seeds.count))
    #expect(plan.members.count == 3 * plan.seeds.seeds.count)
    #expect(plan.members.first?.path == "control/seed-0")
    #expect(try plan.sweeps().count == 3)
  }

  @Test("defaults are the paper's") func whatIsLeftOutIsThePapers() throws {
    let plan = try Self.plan(Self.small)
    #expect(plan.subset == nil)
    #expect(plan.batch == 64)
    #expect(plan.learningRate == 1e-3)
    #expect(plan.rule == .adam())
    #expect(plan.sheet == Sheet(rows: 11, columns: 11))
    #expect(try plan.evaluation == .clean && plan.sweeps().isEmpty)
    #expect(plan.evaluation.normalization == nil)
    #expect(plan.conditions == [.control, .weightSimilarity(lambda: 1)])
    #expect(plan.seeds.seeds == [0, 1])
  }

  @Test("every key is read") func everythingCanBeSaid() throws {
    let plan = try Self.plan(
      """
      name: all
      data: /some/where
      subset: 500
      architecture: cifar10
      sheet: [4, 6]
      conditions:
        - {penalty: as, metric: cosine, lambda: 0.3, view: post-relu, layout: untransposed}
        - penalty: as
          metric: euclidean
          lambda: 2
          scale: rms
          neighborhood: von-neumann
        - {penalty: as, lambda: 2}
        - {penalty: ws, lambda: 2, neighbourhood: von-neumann}
      seeds: [3, 5-6]
      epochs: 7
      batch: 32
      learning-rate: 0.5
      optimizer: sgd
      momentum: 0.9
      evaluation:
        subset: 90
        noise: [white, salt-pepper]
        levels: [0.2, 0.1]
        draws: 4
        noise-seed: 9
        normalization: as-published
      """)
    #expect(plan.subset == 500)
    #expect(plan.sheet == Sheet(rows: 4, columns: 6))
    #expect(
      plan.conditions[0]
        == .activationSimilarity(
          .cosine, lambda: 0.3, view: .postReLU, layout: .legacyUntransposed))
    #expect(plan.conditions[1].scale == .rms)
    #expect(plan.conditions[1].label == "as-euclidean-2-rms-von-neumann")
    #expect(plan.conditions[2].label == "as-correlation-2")
    #expect(plan.conditions[3].label == "ws-euclidean-2-von-neumann", "as version 0.1 spelled it")
    #expect(plan.seeds.seeds == [3, 5, 6])
    #expect(plan.epochs == 7 && plan.batch == 32 && plan.learningRate == 0.5)
    #expect(plan.rule == .sgd(momentum: 0.9))
    #expect(plan.evaluation.subset == 90)
    #expect(try plan.sweeps()[0].severities == [0.1, 0.2])
    #expect(try plan.sweeps()[0].draws == 4)
    #expect(try plan.sweeps()[0].seed == 9)
    #expect(plan.evaluation.normalization == .asPublished)
  }

  @Test("lists stand for every combination") func listsStandForEveryCombination() throws {
    let plan = try Self.plan(
      Self.small.replacingOccurrences(
        of: "lambda: 1", with: "metric: [euclidean, correlation]\n    lambda: [0.3, 1]"))
    #expect(
      plan.conditions.map(\.label) == [
        "control", "ws-euclidean-0.3", "ws-euclidean-1", "ws-correlation-0.3", "ws-correlation-1",
      ])
    #expect(
      plan.members.map(\.path).prefix(3) == [
        "control/seed-0", "control/seed-1", "ws-euclidean-0.3/seed-0",
      ])
  }

  /// A change of the small plan, and what is said about it.
  struct Mistake: Sendable, CustomTestStringConvertible {
    var old: String
    var new: String
    var sentence: String

    init(_ old: String, _ new: String, _ sentence: String) {
      (self.old, self.new, self.sentence) = (old, new, sentence)
    }

    var testDescription: String { sentence }
  }

  static let mistakes = [
    Mistake(
      "epochs: 2", "epocs: 2", "line 9: the key epocs is not known in the plan; the keys are"),
    Mistake("epochs: 2", "", "line 1: the plan has no epochs; add epochs: ..."),
    Mistake(
      "epochs: 2", "epochs: 0", "line 9: epochs is 0, but must be a whole number from 1 to 1000000"),
    Mistake(
      "epochs: 2", "epochs: 2.5",
      "line 9: epochs is 2.5, but must be a whole number from 1 to 1000000, in decimal digits"),
    Mistake("epochs: 2", "epochs: 2\nepochs: 3", "the key epochs occurs twice; keep one"),
    Mistake(
      "epochs: 2", "epochs: 2\nbatch: -4",
      "line 10: batch is -4, but must be a whole number from 1 to 65536"),
    Mistake(
      "epochs: 2", "epochs: 2\nlearning-rate: fast",
      "line 10: learning-rate is fast, but must be a number"),
    Mistake(
      "epochs: 2", "epochs: 2\nlearning-rate: 0", "line 10: learning-rate is 0, but must be above 0"
    ),
    Mistake(
      "epochs: 2", "epochs: 2\nsubset: 0",
      "line 10: subset is 0, but must be a whole number of at least 1"),
    Mistake(
      "epochs: 2", "epochs: 2\nsheet: 11", "line 10: sheet must be two whole numbers from 1 to 1024"
    ),
    Mistake("epochs: 2", "epochs: 2\nsheet: [0, 3]", "line 10: sheet must be two whole numbers"),
    Mistake(
      "epochs: 2", "epochs: 2\noptimizer: lion",
      "line 10: optimizer is lion, but must be one of adam, sgd"),
    Mistake(
      "epochs: 2", "epochs: 2\nmomentum: 0.5", "line 10: momentum belongs to the optimizer sgd only"
    ),
    Mistake(
      "epochs: 2", "epochs: 2\noptimizer: sgd\nmomentum: 1",
      "line 11: momentum must be at least 0 and below 1"),
    Mistake("name: small", "name:", "line 1: the plan has no name; add name: ..."),
    Mistake("name: small", "name: [a]", "line 1: name must be a word or a text"),
    Mistake("data: fashion-mnist", "", "the plan has no data; add data: ..."),
    Mistake(
      "architecture: mnist", "architecture: resnet",
      "line 3: architecture is resnet, but must be one of mnist, cifar10; or give a name and layers"
    ),
    Mistake("seeds: 0-1", "seeds: 2-1", "line 8: the seeds 2-1 run backwards; write 1-2"),
    Mistake("seeds: 0-1", "seeds: []", "line 8: the seeds \"\" are empty in one place"),
    Mistake("seeds: 0-1", "seeds:", "line 1: the plan has no seeds; add seeds: ..."),
    Mistake("seeds: 0-1", "seeds: [0, 0]", "line 8: the seeds \"0,0\" name 0 twice; name it once"),
    Mistake("lambda: 1", "lambda: -1", "line 7: lambda is -1.0, but it must be a finite number"),
    Mistake("lambda: 1", "lambda: .inf", "line 7: lambda is inf, but it must be a finite number"),
    Mistake("lambda: 1", "lambda: .nan", "line 7: lambda is nan, but it must be a finite number"),
    Mistake("lambda: 1", "lambda: 1e39", "line 7: lambda is 1e+39, but it must be at most"),
    Mistake(
      "lambda: 1", "lambda: strong",
      "line 7: lambda is strong, but must be a number, in decimal digits"),
    Mistake(
      "lambda: 1", "metric: euclidean", "line 6: a condition ws has no lambda; add lambda: 1"),
    Mistake("lambda: 1", "lamda: 1", "line 7: the key lamda is not known in a condition"),
    Mistake(
      "lambda: 1", "lambda: [1, 1]", "line 6: the condition ws-euclidean-1 occurs twice; keep one"
    ),
    Mistake(
      "lambda: 1", "lambda: 1\n    metric: manhattan",
      "line 8: metric is manhattan, but must be one of"),
    Mistake(
      "lambda: 1", "lambda: 1\n    view: post-relu",
      "line 8: the condition ws has no view: view, layout and scale belong to as only; remove it"),
    Mistake(
      "penalty: ws", "penalty: es", "line 6: penalty is es, but must be one of control, ws, as"),
    Mistake(
      "- penalty: control", "- penalty: control\n    lambda: 1",
      "line 6: the condition control has no lambda; remove it"),
    Mistake(
      "epochs: 2", "epochs: 2\nevaluation: all", "line 10: evaluation must be keys with values"),
    Mistake(
      "epochs: 2", "epochs: 2\nevaluation:\n  noize: white",
      "line 11: the key noize is not known in evaluation"),
    Mistake(
      "epochs: 2", "epochs: 2\nevaluation:\n  noise: brown", "line 11: there is no noise \"brown\""),
    Mistake(
      "epochs: 2", "epochs: 2\nevaluation:\n  noise: white\n  levels: [2]",
      "line 12: the noise level 2.0 is out of range"),
    Mistake(
      "epochs: 2", "epochs: 2\nevaluation:\n  noise: white\n  draws: 0",
      "line 12: draws is 0, but must be a whole number from 1 to 10000"),
    Mistake(
      "epochs: 2", "epochs: 2\nevaluation:\n  normalization: none",
      "line 11: the normalization \"none\" is none of training, data, as-published, nor as many"),
    Mistake(
      "epochs: 2", "epochs: 2\nalong-training:\n  measure: gearys-c-pre-relu",
      "line 11: the key measure is not known in along-training; the keys are measures, images, every"
    ),
    Mistake(
      "epochs: 2", "epochs: 2\nalong-training:\n  images: 0",
      "line 11: images is 0, but must be a whole number of at least 1"),
    Mistake(
      "epochs: 2", "epochs: 2\nalong-training:\n  every: 1.5",
      "line 11: every is 1.5, but must be a whole number of at least 1, in decimal digits"),
    Mistake(
      "epochs: 2", "epochs: 2\nalong-training:\n  measures: [gearys-c-pre-relu, variance-maen]",
      "line 11: there is no measure \"variance-maen\": variance-mean is the nearest name, and "
        + "`toposheet measures` lists all"),
    Mistake("seeds: 0-1", "seeds: [0-1", "is not YAML"),
    Mistake("seeds: 0-1", "\tseeds: 0-1", "line 8: is not YAML"),
    Mistake("seeds: 0-1", "\tseeds: 0-1", "; indent with spaces, not tabs"),
    Mistake("penalty: ws", "penalty: WS", "line 6: penalty is WS, but must be one of"),
    Mistake("penalty: ws", "penalty: WS", "; did you mean ws?"),
    Mistake(
      "epochs: 2", "epochs: 2\nbeta2: 0.99999999999",
      "line 10: beta2 is 0.99999999999, but must be at least 0 and below 1; as a float32 it is 1"),
    Mistake(
      "epochs: 2", "epochs: 2\nevaluation:\n  analyses: organization",
      "line 11: analyses is a part: write parts: [{analyses: organization}]"),
    Mistake(
      "epochs: 2", "epochs: 2\nevaluation:\n  attacks: [fgsm]",
      "line 11: attacks is a part: write parts: [{adversarial: ...}]"),
    Mistake(
      "epochs: 2", "epochs: 2\nevaluation:\n  parts:\n    - attacks: fgsm",
      "line 12: a part must have one of the keys images, analyses, weights, adversarial, suite; did "
        + "you mean adversarial?"),
    Mistake(
      "epochs: 2", "epochs: 2\nevaluation:\n  parts:\n    - weight: fgsm",
      "; did you mean weights?"),
    Mistake(
      "epochs: 2", "epochs: 2\nevaluation: {parts: []}", "line 10: parts must be a list with at"),
    Mistake(
      "epochs: 2", "epochs: 2\nevaluation: {suite: foo}", "line 10: there is no suite \"foo\""),
    Mistake(
      "epochs: 2", "epochs: 2\nevaluation:\n  parts:\n    - weights: all\n      drws: 3",
      "line 13: the key drws is not known in a part of weights"),
    Mistake(
      "epochs: 2", "epochs: 2\nevaluation:\n  noise: [white, white]",
      "line 11: noise has white twice; keep one"),
    Mistake(
      "epochs: 2", "epochs: 2\nevaluation:\n  noise: white\n  levels: [0.1, 0.10]",
      "line 12: levels has 0.1 twice; keep one"),
  ]

  @Test("mistakes are named with their line", arguments: mistakes)
  func mistakesAreNamedWithTheirLine(_ mistake: Mistake) {
    #expect(Self.small.contains(mistake.old))
    let text = Self.small.replacingOccurrences(of: mistake.old, with: mistake.new)
    let said = message { _ = try Self.plan(text) }
    #expect(said.hasPrefix("plan.yaml, line "), "\(said)")
    #expect(said.contains(mistake.sentence), "\(said)")
    #expect(!said.contains("\n"), "\(said)")
  }

  @Test("files that are no plans are refused") func filesThatAreNoPlans() throws {
    #expect(message { _ = try Self.plan("") }.hasPrefix("plan.yaml: is empty"))
    #expect(
      message { _ = try Self.plan("- a\n- b") }.hasPrefix("plan.yaml, line 1: the plan must be"))
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "plan.yaml")
    #expect(message { _ = try Plan(contentsOf: file) }.hasPrefix("\(file.path): cannot be opened"))
    try Data([0x80, 0xFF]).write(to: file)
    #expect(
      message { _ = try Plan(contentsOf: file) } == "\(file.path): is not UTF-8 text; is it a plan?"
    )
  }
}

extension Plan {
  /// Perturbations of images that it evaluates under, for MNIST.
  func sweeps() throws -> [PerturbationSweep] {
    try evaluation.suite(
      PerturbationCatalog(), shape: ImageShape(channels: 1, rows: 28, columns: 28)
    ).images
  }
}
