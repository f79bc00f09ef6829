import Foundation
import Testing
import TopoAnalysis
import TopoCompute
import TopoData
import TopoEvaluation
import TopoFoundation
import TopoPerturbations
import TopoSheets

@testable import TopoStudies

/// Plans as files: what is written reads back as the same plan.
@Suite("Plans as text") struct PlanTextTests {
  private func small() throws -> Plan {
    Plan(
      name: "small", data: "fashion-mnist", architecture: "mnist",
      conditions: [.control, .weightSimilarity(lambda: 1)], seeds: try SeedList("0-1"), epochs: 2)
  }

  private func expectSame(
    _ plan: Plan, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let text = try plan.yaml()
    #expect(
      try Plan(yaml: text, file: "plan.yaml") == plan, "\(text)", sourceLocation: sourceLocation)
  }

  @Test("defaults") func defaults() throws {
    try expectSame(try small())
    let text = try small().yaml()
    // All keys in the order of their table, so that other defaults do not change the plan, except
    // those that belong to another optimizer or penalty.
    let keys = text.split(separator: "\n").filter { $0.first?.isLetter == true }
      .map { String($0.prefix { $0 != ":" }) }
    #expect(keys == Plan.keys.filter { $0 != "momentum" }, "\(text)")
    for line in [
      "subset: all", "    neighborhood: moore", "    torus: false", "batch: 64",
      "learning-rate: 0.001", "optimizer: adam", "beta1: 0.9", "beta2: 0.999", "epsilon: 1e-08",
      "training-fraction: 0.8", "precision: float32", "  measures: []", "  images: 500",
      "  every: 1", "snapshots: []",
      "keep: checkpoints", "tensorboard: false", "evaluation: {}",
    ] {
      #expect(text.split(separator: "\n").contains(Substring(line)), "\(line): \(text)")
    }
    for key in ["momentum", "levels", "draws", "noise-seed", "view", "layout", "scale"] {
      #expect(!text.contains(key), "\(text)")
    }
    var other = try small()
    other.conditions = [.activationSimilarity(lambda: 1)]
    other.rule = .sgd()
    for line in ["    view: pre-relu", "    layout: unit-major", "    scale: sum", "momentum: 0"] {
      #expect(try other.yaml().split(separator: "\n").contains(Substring(line)), "\(line)")
    }
    try expectSame(other)
  }

  /// Folders of earlier versions have plans without keys that have their defaults.
  @Test("a plan without defaults is the same plan") func withoutDefaults() throws {
    let text = """
      name: small
      data: fashion-mnist
      architecture: mnist
      sheet: [11, 11]
      conditions:
        - penalty: control
        - penalty: ws
          metric: euclidean
          lambda: 1
      seeds: 0-1
      epochs: 2
      batch: 64
      learning-rate: 0.001
      optimizer: adam
      """
    #expect(try Plan(yaml: text, file: "plan.yaml") == small())
    #expect(try Plan(yaml: text + "\nevaluation: {}", file: "plan.yaml") == small())
  }

  @Test("every key") func everyKey() throws {
    var plan = try small()
    plan.subset = 1234
    plan.architecture = "cifar10"
    plan.sheet = Sheet(rows: 7, columns: 30)
    plan.conditions =
      [.control]
      + Penalty.Kind.allCases.filter { $0 != .control }.flatMap { kind in
        PenaltyMetric.allCases.flatMap { metric in
          [0, 0.00001, 0.3, 12.5, 1e21].map { Penalty(kind: kind, metric: metric, lambda: $0) }
        }
      }
    for view in Penalty.View.allCases {
      for layout in Penalty.Layout.allCases {
        for scale in Penalty.Scale.allCases {
          for shape in Neighborhood.Shape.allCases {
            plan.conditions.append(
              .activationSimilarity(
                .euclidean, lambda: 2, view: view, layout: layout, scale: scale,
                neighborhood: Neighborhood(shape)))
          }
        }
      }
    }
    plan.seeds = try SeedList("9,3-5,0,18446744073709551615")
    plan.epochs = 31
    plan.batch = 7
    plan.precision = .tf32
    plan.writesEvents = true
    for measures in [[], ["variance-mean", "gearys-c-pre-relu"]] {
      for (images, every) in [(500, 1), (500, 3), (20, 1), (20, 7)] {
        plan.alongTraining = AlongTraining(
          measures: try EpochMeasures(measures), images: images, every: every)
        try expectSame(plan)
      }
    }
    for evaluation in [
      "noise: [pink, white]\nlevels: [0.01, 0, 1]\ndraws: 3\nnoise-seed: 77\nsubset: 99",
      "suite: [noise, adversarial]\nseed: 3\nfrost: my photos\ncorruption-folder: CIFAR-10-C",
      "{normalization: as-published}", "normalization: [0.1307, 0.3081]",
      "parts:\n- images: [white, pink-1f]\n  severities: 0.1\n- weights: all\n  layers: dense\n"
        + "- adversarial: [fgsm]\n  epsilons: [1/255, 0.1]\n- suite: corruptions",
    ] {
      plan.evaluation = try SuiteDescription(
        yaml: evaluation.hasPrefix("{")
          ? "evaluation: \(evaluation)"
          : "evaluation:\n  " + evaluation.replacing("\n", with: "\n  "),
        file: "plan.yaml", key: "evaluation")
      try expectSame(plan)
      let shape = ImageShape(channels: 3, rows: 32, columns: 32)
      func items(_ plan: Plan) throws -> [SuiteItem] {
        let images = ImageSet(
          images: [UInt8](repeating: 0, count: shape.count), labels: [0], shape: shape, classes: 10)
        return try plan.evaluation.suite(PerturbationCatalog(), shape: shape).items(on: images)
      }
      #expect(try items(Plan(yaml: plan.yaml(), file: "plan.yaml")) == items(plan))
    }
  }

  @Test("optimizers and learning rates") func optimizersAndRates() throws {
    var plan = try small()
    for rule in [OptimizerRule.adam(), .sgd(), .sgd(momentum: 0.9), .sgd(momentum: 1e-7)] {
      plan.rule = rule
      for rate: Float in [1e-3, 0.1, 3, 1e-5, 0.123456789, 1.1754944e-38, 3.4028235e38] {
        plan.learningRate = rate
        try expectSame(plan)
      }
    }
  }

  /// Texts that are something else in YAML.
  @Test("texts are quoted") func texts() throws {
    var plan = try small()
    for text in [
      "a: b", "# no comment", "true", "null", "~", "12", "007", "1e3", "- x", "a, b", "[a]", "{a}",
      "it's", "say \"so\"", "back\\slash", "new\nline", "tab\t", " space ", "ü 日本", "*a", "&a",
      "!a", "%a", "@a", "`a`", "|", ">", "?", "12:30", "0x1F", "bell\u{7}", "a\u{FEFF}mark",
    ] {
      plan.name = text
      plan.data = "/data/\(text)"
      try expectSame(plan)
      plan.data = text
      try expectSame(plan)
    }
  }

  @Test("conditions that differ in lambda only are one entry")
  func entries() throws {
    var plan = try small()
    plan.conditions = [.control]
    plan.conditions += [0.5, 1].map { .weightSimilarity(lambda: $0) }
    plan.conditions += [1, 2].map { .weightSimilarity(.cosine, lambda: $0) }
    plan.conditions += [.activationSimilarity(lambda: 1), .weightSimilarity(lambda: 3)]
    try expectSame(plan)
    let lines = try plan.yaml().split(separator: "\n").filter { $0.contains("lambda: ") }
    #expect(
      lines == [
        "    lambda: [0.5, 1]", "    lambda: [1, 2]", "    lambda: 1", "    lambda: 3",
      ])
  }

  @Test("tori, constants of Adam and the training fraction")
  func toriAndConstants() throws {
    var plan = try small()
    plan.conditions = [.weightSimilarity(lambda: 1, neighborhood: Neighborhood(wraps: true))]
    plan.rule = .adam(beta1: 0.5, beta2: 0.25, epsilon: 1e-3)
    plan.trainingFraction = 0.9
    try expectSame(plan)
    plan.conditions = [
      .activationSimilarity(lambda: 1, neighborhood: Neighborhood(.vonNeumann, wraps: true))
    ]
    plan.trainingFraction = 1
    try expectSame(plan)
  }

  @Test("a quoted key is the key, and a missing one is a sentence")
  func keysOfSuites() throws {
    let quoted = try SuiteDescription(
      yaml: "'evaluation': {noise: white}", file: "plan.yaml", key: "evaluation")
    let plain = try SuiteDescription(
      yaml: "evaluation: {noise: white}", file: "plan.yaml", key: "evaluation")
    #expect(quoted == plain)
    for text in ["name: x", "[1]"] {
      let error = #expect(throws: UserError.self) {
        try SuiteDescription(yaml: text, file: "plan.yaml", key: "evaluation")
      }
      #expect(error?.description == "plan.yaml: has no evaluation; add evaluation: ...")
    }
  }

  // MARK: Notes

  @Test("an architecture for other data is noted")
  func architectureAndDataThatWereNotMeantForEachOther() throws {
    func dataset(_ channels: Int) -> Dataset {
      let shape = ImageShape(channels: channels, rows: 4, columns: 4)
      let images = ImageSet(
        images: [UInt8](repeating: 1, count: shape.count), labels: [0], shape: shape, classes: 2)
      return Dataset(
        name: "these", training: images, test: images, normalization: Normalization(of: images))
    }
    var plan = try small()
    #expect(plan.note(on: dataset(1)) == nil)
    #expect(plan.note(on: dataset(3))?.contains("these are in color; cifar10 is the one") == true)
    plan.architecture = "cifar10"
    #expect(plan.note(on: dataset(3)) == nil)
    #expect(plan.note(on: dataset(1))?.contains("these are gray; mnist is the one") == true)
  }
}
