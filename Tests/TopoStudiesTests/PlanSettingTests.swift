import Foundation
import TestSupport
import Testing
import TopoFoundation
import TopoSheets

@testable import TopoStudies

/// Settings that replace or add values of a plan.
@Suite("Settings of plans") struct PlanSettingTests {
  static let text = """
    name: small
    data: fashion-mnist
    architecture: mnist
    conditions:
      - penalty: control
      - penalty: ws
        lambda: 1
      - {penalty: as, lambda: 1}
      - {penalty: as, lambda: 2, layout: untransposed}
    seeds: 0-1
    epochs: 2
    evaluation:
      noise: white
      parts:
        - images: gaussian
        - weights: zeroing
          draws: 3
    """

  private func plan(_ settings: String...) throws -> Plan {
    try Plan(
      YAMLDocument(
        text: Self.text, file: "plan.yaml", settings: settings.map { try YAMLSetting($0) }))
  }

  @Test("values are replaced, added and removed")
  func values() throws {
    #expect(try plan("epochs=3").epochs == 3)
    #expect(try plan("batch=32").batch == 32)
    #expect(try plan("epochs=3", "seeds=[5, 7-8]").seeds.seeds == [5, 7, 8])
    #expect(try plan("name=b = c").name == "b = c")
    #expect(try plan("evaluation=").evaluation == .clean)
    #expect(try plan("evaluation.subset=1000").evaluation.subset == 1000)
    #expect(try plan("evaluation=", "evaluation.subset=7").evaluation.subset == 7)
    #expect(try plan("sheet=[4,6]").sheet == Sheet(rows: 4, columns: 6))
    #expect(
      try plan("along-training.every=3", "along-training.images=20").alongTraining.every == 3)
    #expect(try plan(" epochs =4").epochs == 4)
  }

  @Test("conditions are named by penalty or position")
  func conditions() throws {
    #expect(
      try plan("conditions.ws.lambda=[0.5,1]").conditions.map(\.label) == [
        "control", "ws-euclidean-0.5", "ws-euclidean-1", "as-correlation-1",
        "as-correlation-2-untransposed",
      ])
    #expect(try plan("conditions.2.metric=cosine").conditions[1].label == "ws-cosine-1")
    #expect(try plan("conditions.3.lambda=9").conditions[2].label == "as-correlation-9")
    #expect(
      try plan("conditions.ws=", "conditions.3=").conditions.map(\.label) == [
        "control", "as-correlation-1",
      ])
    #expect(try plan("conditions.ws={penalty: ws, lambda: 4}").conditions[1].lambda == 4)
    #expect(try plan("conditions=[{penalty: control}]").conditions == [.control])
    #expect(
      try plan("conditions.ws.torus=true").conditions[1].label == "ws-euclidean-1-torus")
    #expect(try plan("evaluation.parts.weights.draws=4") != plan())
    #expect(try plan("evaluation.parts.2.draws=4") == plan("evaluation.parts.weights.draws=4"))
  }

  @Test("layers are named by position or kind")
  func layers() throws {
    let text = PlanTests.small.replacing("architecture: mnist", with: ArchitecturePlanTests.layers)
    func built(_ setting: String) throws -> Plan {
      try Plan(
        YAMLDocument(text: text, file: "plan.yaml", settings: [try YAMLSetting(setting)]))
    }
    #expect(
      try built("architecture.layers.4.convolution=5")
        == PlanTests.plan(text.replacing("convolution: 64", with: "convolution: 5")))
    #expect(
      try built("architecture.layers.dropout.dropout=0.1")
        == PlanTests.plan(text.replacing("dropout: 0.5", with: "dropout: 0.1")))
    #expect(try built("architecture=cifar10").architecture == "cifar10")
  }

  /// A resolved plan has all keys of its optimizer, which those of another do not have.
  @Test("a setting chooses another optimizer") func optimizers() throws {
    func resolved(_ text: String, _ settings: String...) throws -> Plan {
      try Plan(
        YAMLDocument(
          text: text, file: "plan.yaml", settings: try settings.map { try YAMLSetting($0) }))
    }
    let adam = try plan().yaml()
    let momentum = try resolved(adam, "optimizer=sgd", "momentum=0.9")
    #expect(momentum.rule == .sgd(momentum: 0.9))
    #expect(try resolved(try momentum.yaml(), "optimizer=adam").rule == .adam())
    let said = message { _ = try resolved(adam, "optimizer=sgd", "beta2=0.9") }
    #expect(said == "--set beta2=0.9: beta2 belongs to the optimizer adam only; remove it")
    let file = adam.replacing("optimizer: adam", with: "optimizer: sgd")
    #expect(
      message { _ = try resolved(file) }.hasSuffix(
        ": beta1, beta2 and epsilon belong to the optimizer adam only; remove them"))
  }

  /// A plan with settings is written as the plan that says the same without them.
  @Test("the resolved plan reads back the same")
  func resolved() throws {
    let changed = try plan(
      "epochs=3", "conditions.ws.lambda=[0.5,1]", "evaluation.subset=1000", "evaluation.draws=2",
      "optimizer=adam", "beta1=0.8", "training-fraction=0.9")
    let again = try changed.yaml()
    #expect(try Plan(yaml: again, file: "plan.yaml") == changed, "\(again)")
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "plan.yaml")
    try Data(Self.text.utf8).write(to: file)
    let source = try PlanSource(
      file.path, settings: [try YAMLSetting("epochs=3"), try YAMLSetting("seeds=[4,\n5]")])
    let text = try source.resolved(source.plan())
    #expect(
      text.hasPrefix(
        "# Resolved from \(file.path) with\n# --set epochs=3\n# --set seeds=[4, 5]\nname: small\n"),
      "\(text)")
    #expect(try PlanTests.plan(text) == source.plan())
    // It keeps its comment if it is resolved again, and takes further settings.
    let copy = folder.url.appending(path: "copy.yaml")
    try Data(text.utf8).write(to: copy)
    let second = try PlanSource(copy.path)
    #expect(try second.resolved(second.plan()) == text)
    let third = try PlanSource(copy.path, settings: [try YAMLSetting("epochs=4")])
    let changedAgain = try third.resolved(third.plan())
    #expect(
      changedAgain.hasPrefix(
        "# Resolved from \(file.path) with\n# --set epochs=3\n# --set seeds=[4, 5]\n# --set epochs=4\n"
      ),
      "\(changedAgain)")
    let plain = try PlanSource(file.path)
    try Data(plain.resolved(plain.plan()).utf8).write(to: copy)
    let fourth = try PlanSource(copy.path)
    #expect(try fourth.resolved(fourth.plan()) == plain.resolved(plain.plan()))
    #expect(try Plan(contentsOf: file, settings: [YAMLSetting("epochs=3")]).epochs == 3)
  }

  @Test("the comment at the head of a plan is kept, such as what is reduced")
  func head() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "plan.yaml")
    let source = try PlanSource("paper-mnist-reduced", settings: [try YAMLSetting("epochs=3")])
    let text = try source.resolved(source.plan())
    #expect(
      text.hasPrefix(
        "# Resolved from the ready plan paper-mnist-reduced with\n# --set epochs=3\n# REDUCED: "),
      "\(text)")
    #expect(text.contains("say so when you report results.\nname: "))
    try Data(text.utf8).write(to: file)
    let again = try PlanSource(file.path)
    #expect(try again.resolved(again.plan()) == text)
    // Except the comment of another command.
    try Data(("# Written by `toposheet train`.\n# Mine.\n" + Self.text).utf8).write(to: file)
    let trained = try PlanSource(file.path)
    #expect(
      try trained.resolved(trained.plan()).hasPrefix(
        "# Resolved from \(file.path).\n# Mine.\nname: "))
  }

  static let mistakes = [
    ("epocs=3", "--set epocs=3: the key epocs is not known in the plan; the keys are name, "),
    ("epocs=3", "; did you mean epochs?"),
    ("epochs=1e9", "--set epochs=1e9: epochs is 1e9, but must be a whole number from 1 to 1000000"),
    ("epochs=", "plan.yaml, line 1: the plan has no epochs; add epochs: ..."),
    ("epochs=[1", "--set epochs=[1: the value is not YAML"),
    ("epochs.few=1", "--set epochs.few=1: epochs is 2 and has no keys; set epochs itself"),
    (
      "conditions.es.lambda=2",
      "--set conditions.es.lambda=2: conditions has no item es; it has control, ws, as and as, or by "
        + "position 1 to 4"
    ),
    ("conditions.vs.lambda=2", "conditions has no item vs; it has control, ws, as and as, or by "),
    (
      "conditions.as.lambda=2",
      "--set conditions.as.lambda=2: conditions has 2 items as, number 3 and 4; name one by its "
        + "position, as in conditions.3.lambda"
    ),
    (
      "conditions.0.lambda=2",
      "--set conditions.0.lambda=2: conditions has 4 items, so there is no number 0; positions go "
        + "from 1 to 4"
    ),
    (
      "conditions.ws.lamda=2", "--set conditions.ws.lamda=2: the key lamda is not known in a condit"
    ),
    ("conditions.ws.lamda=2", "; did you mean lambda?"),
    ("conditions.ws.lambda=-1", "--set conditions.ws.lambda=-1: lambda is -1.0, but it must be a"),
    ("conditions.control.lambda=1", "--set conditions.control.lambda=1: the condition control has"),
    (
      "conditions.ws.torus=yes",
      "--set conditions.ws.torus=yes: torus is yes, but must be one of true, false"
    ),
    ("evaluation.draws=0", "--set evaluation.draws=0: draws is 0, but must be a whole number from"),
    ("evaluation.noize=x", "--set evaluation.noize=x: the key noize is not known in evaluation"),
    ("evaluation.levels=[2]", "--set evaluation.levels=[2]: the noise level 2.0 is out of range"),
    ("batch=", "--set batch=: there is no batch to remove; give it a value"),
    (
      "along-training.images=", "--set along-training.images=: there is no along-training.images to"
    ),
    ("seeds=3-1", "--set seeds=3-1: the seeds 3-1 run backwards; write 1-3"),
    ("sheet=[1000000,1000000]", "--set sheet=[1000000,1000000]: sheet must be two whole numbers"),
    (
      "sheet=[1000,1000]", "--set sheet=[1000,1000]: sheet has 1000000 units, but must have at most"
    ),
    (
      "data=[mnist, kmnist]",
      "--set data=[mnist, kmnist]: data is a list, but a study has one data set, as results of two "
        + "are never pooled; run the plan once for each: toposheet run PLAN --set data=mnist --out"
    ),
    (
      "name=[\(String(repeating: "long, ", count: 20))]",
      "--set name=...: name must be a word or a text"
    ),
  ]

  @Test("mistakes name the setting", arguments: mistakes)
  func mistakesNameTheSetting(setting: String, sentence: String) {
    let said = message { _ = try plan(setting) }
    #expect(said.contains(sentence), "\(said)")
    #expect(!said.contains("\n"), "\(said)")
  }

  @Test("errors of the file keep their line")
  func linesOfTheFile() {
    let said = message {
      _ = try Plan(
        YAMLDocument(
          text: Self.text.replacing("seeds: 0-1", with: "seeds: 1-0"), file: "plan.yaml",
          settings: [try YAMLSetting("epochs=3")]))
    }
    #expect(said.hasPrefix("plan.yaml, line 10: the seeds 1-0 run backwards"), "\(said)")
  }

  @Test("what is not key=value is refused", arguments: ["epochs", "", "=3", "a..b=1", ".a=1"])
  func noSettings(text: String) {
    let said = message { _ = try YAMLSetting(text) }
    #expect(said.contains("is not a key with a value; write it as epochs=3 or "), "\(said)")
  }

  @Test("a key that is set twice is refused")
  func twice() {
    let said = message { _ = try plan("epochs=3", "epochs=4") }
    #expect(said == "--set epochs=...: is given twice; keep one")
  }
}
