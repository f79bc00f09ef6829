import Foundation
import TestSupport
import Testing
import TopoEvaluation
import TopoFoundation
import TopoPerturbations

@testable import TopoStudies

/// The plans that the program knows by name.
@Suite("Ready plans") struct ReadyPlanTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Plans").standardizedFileURL

  private func plan(_ name: String, _ settings: String...) throws -> Plan {
    try PlanSource(name, settings: settings.map { try YAMLSetting($0) }).plan()
  }

  @Test("every ready plan can be run", arguments: ReadyPlan.all.map(\.name))
  func everyPlan(name: String) throws {
    let ready = try ReadyPlan.named(name)
    let plan = try plan(name)
    #expect(plan.name == name)
    #expect(plan.conditions.first?.kind == .control, "comparisons need control")
    #expect(ready.text.hasPrefix("# ") && ready.summary.count > 20 && ready.summary.count <= 98)
    #expect([".", ":"].contains(ready.summary.last.map(String.init) ?? ""), "\(ready.summary)")
    #expect(ready.text.hasPrefix("# REDUCED: ") == name.hasSuffix("-reduced"))
    // As it lies in the folder, and as it is written.
    let file = Self.folder.appending(path: "\(name).yaml")
    #expect(try String(contentsOf: file, encoding: .utf8) == ready.text)
    #expect(try Plan(contentsOf: file) == plan)
    #expect(try Plan(yaml: plan.yaml(), file: "plan.yaml") == plan)
    let isColor = plan.data == "cifar10"
    let shape = ImageShape(
      channels: isColor ? 3 : 1, rows: isColor ? 32 : 28, columns: isColor ? 32 : 28)
    #expect(plan.architecture == (isColor ? "cifar10" : "mnist"))
    let suite = try plan.evaluation.suite(PerturbationCatalog(), shape: shape)
    _ = try suite.fitted(networks: plan.members.map { $0.condition.label })
  }

  @Test("all other plans of the folder can be run")
  func otherPlans() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
      .filter { $0.hasSuffix(".yaml") && $0 != "suite-example.yaml" }
    #expect(names.count > ReadyPlan.all.count)
    for name in names { _ = try Plan(contentsOf: Self.folder.appending(path: name)) }
  }

  @Test("the paper's studies are those of the paper")
  func paper() throws {
    for (name, epochs) in [("paper-mnist", 10), ("paper-cifar10", 30), ("paper-fashion-mnist", 10)]
    {
      let plan = try plan(name)
      #expect(plan.conditions.count == 13 && plan.members.count == 130)
      #expect(plan.seeds.description == "0-9" && plan.epochs == epochs && plan.batch == 64)
      #expect(Set(plan.conditions.dropFirst().map(\.lambda)) == [0.1, 0.3, 0.5, 1, 2, 3])
      #expect(plan.rule == .adam() && plan.learningRate == 1e-3 && plan.trainingFraction == 0.8)
      #expect(
        try plan.sweeps().map(\.severities)
          == .init(repeating: [0.01, 0.05, 0.1, 0.15, 0.2], count: 3))
      #expect(try plan.sweeps().allSatisfy { $0.draws == 5 })
      #expect(plan.evaluation.subset == nil && plan.subset == nil)
    }
    let layouts = try plan("as-layouts").conditions
    #expect(layouts.count { $0.layout == .legacyUntransposed } == 6 && layouts.count == 13)
    #expect(try plan("metrics").conditions.count == 13)
  }

  @Test("a name is a ready plan, except with a suffix or a slash")
  func names() throws {
    #expect(try plan("demo", "epochs=1").epochs == 1)
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "demo")
    try Data(PlanTests.small.utf8).write(to: file)
    #expect(try plan(file.path).name == "small")
    let unknown = message { _ = try plan("paper-minst") }
    #expect(unknown.hasPrefix("there is no ready plan paper-minst; the ready plans are demo, "))
    #expect(unknown.hasSuffix("; did you mean paper-mnist?"), "\(unknown)")
    #expect(message { _ = try plan("demo.yaml") }.contains("demo.yaml: cannot be opened"))
    let wrong = message { _ = try plan("demo", "epochs=0") }
    #expect(wrong.hasPrefix("--set epochs=0: epochs is 0"), "\(wrong)")
    #expect(
      message { _ = try plan("demo", "seeds=") }
        == "--set seeds=: the plan needs seeds; give it a value")
  }
}
