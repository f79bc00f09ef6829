import Foundation
import TestSupport
import Testing
import TopoFoundation

@testable import TopoStudies

/// Every key of plans: documented, and checked.
@Suite("Keys of plans") struct PlanKeyTests {
  /// A wrong value of every key of a plan, and what is said about it. An empty value removes the key.
  static let plans: [String: (value: String, sentence: String)] = [
    "name": ("[a]", "name must be a word or a text"),
    "data": ("[a, b]", "a study has one data set"),
    "subset": ("0", "subset is 0, but must be a whole number of at least 1"),
    "architecture": ("resnet", "must be one of mnist, cifar10; or give a name and layers"),
    "sheet": ("[1000000, 1000000]", "sheet must be two whole numbers from 1 to 1024"),
    "conditions": ("none", "conditions must be a list"),
    "seeds": ("0-1000000", "are more than 100000; ask for fewer"),
    "epochs": ("1000000000", "epochs is 1000000000, but must be a whole number from 1 to 1000000"),
    "batch": ("1e9", "batch is 1e9, but must be a whole number from 1 to 65536"),
    "learning-rate": ("-1", "learning-rate is -1, but must be above 0"),
    "optimizer": ("lion", "optimizer is lion, but must be one of adam, sgd"),
    "momentum": ("0.5", "momentum belongs to the optimizer sgd only"),
    "beta1": ("1", "beta1 is 1, but must be at least 0 and below 1"),
    "beta2": ("-0.1", "beta2 is -0.1, but must be at least 0 and below 1"),
    "epsilon": ("0", "epsilon is 0, but must be above 0"),
    "training-fraction": ("1.01", "training-fraction is 1.01, but must be above 0 and at most 1"),
    "precision": ("float16", "precision is float16, but must be one of float32, tf32"),
    "along-training": ("7", "along-training must be keys with values"),
    "snapshots": ("[0]", "snapshots names epoch 0, but epochs are numbered from 1 to"),
    "keep": ("nothing", "keep is nothing, but must be one of checkpoints, models"),
    "tensorboard": ("1", "tensorboard is 1, but must be one of true, false"),
    "evaluation": ("all", "evaluation must be keys with values"),
  ]

  /// The same of a condition.
  static let conditions: [String: (value: String, sentence: String)] = [
    "penalty": ("es", "penalty is es, but must be one of control, ws, as"),
    "metric": ("manhattan", "metric is manhattan, but must be one of"),
    "lambda": ("1e400", "lambda is inf, but it must be a finite number"),
    "view": ("post", "view is post, but must be one of pre-relu, post-relu"),
    "layout": ("major", "layout is major, but must be one of unit-major, untransposed"),
    "scale": ("big", "scale is big, but must be one of sum, rms"),
    "neighborhood": ("all", "neighborhood is all, but must be one of moore, von-neumann"),
    "torus": ("1", "torus is 1, but must be one of true, false"),
  ]

  private func said(_ setting: String) -> String {
    let text = PlanTests.small.replacing("penalty: ws", with: "penalty: as")
    return message {
      _ = try Plan(
        YAMLDocument(text: text, file: "plan.yaml", settings: [try YAMLSetting(setting)]))
    }
  }

  @Test("every key of a plan is checked", arguments: Plan.keys)
  func planKeys(key: String) throws {
    let wrong = try #require(Self.plans[key], "no wrong value of \(key) is known to this test")
    let said = said("\(key)=\(wrong.value)")
    #expect(said.hasPrefix("--set \(key)=") && said.contains(wrong.sentence), "\(said)")
    let elsewhere = message {
      _ = try PlanTests.plan(
        PlanTests.small.split(separator: "\n").filter { !$0.hasPrefix("\(key):") }
          .joined(separator: "\n")
          .replacing("conditions:\n", with: key == "conditions" ? "" : "conditions:\n")
          .replacing(
            "  - penalty: control\n  - penalty: ws\n    lambda: 1\n",
            with: key == "conditions"
              ? "" : "  - penalty: control\n  - penalty: ws\n    lambda: 1\n")
          + "\n\(key): \(wrong.value)")
    }
    #expect(elsewhere.hasPrefix("plan.yaml, line "), "\(elsewhere)")
    #expect(elsewhere.contains(wrong.sentence), "\(elsewhere)")
  }

  @Test("every key of a condition is checked", arguments: Plan.conditionKeys)
  func conditionKeys(key: String) throws {
    let wrong = try #require(
      Self.conditions[key], "no wrong value of \(key) is known to this test")
    let said = said("conditions.2.\(key)=\(wrong.value)")
    #expect(
      said.hasPrefix("--set conditions.2.\(key)=") && said.contains(wrong.sentence), "\(said)")
  }

  @Test("constants of Adam belong to Adam", arguments: ["beta1", "beta2", "epsilon"])
  func constantsOfAdam(key: String) {
    let said = message {
      _ = try PlanTests.plan(PlanTests.small + "\noptimizer: sgd\n\(key): 0.5")
    }
    #expect(
      said == "plan.yaml, line 11: \(key) belongs to the optimizer adam only; remove it", "\(said)")
  }

  @Test("every key is documented, in a row of its own")
  func documented() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../docs/plans.md").standardizedFileURL
    let rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
      .filter { $0.hasPrefix("| `") }
    func expect(_ key: String) {
      #expect(
        rows.contains { $0.hasPrefix("| `\(key)` |") }, "docs/plans.md has no row for \(key)")
    }
    for key in Plan.keys + Plan.conditionKeys + AlongTraining.keys + ArchitecturePlan.keys {
      expect(key)
    }
    for (kind, keys) in ArchitecturePlan.layerKeys { for key in [kind] + keys { expect(key) } }
  }

  /// What people copy works: on images of 28 x 28 pixels in gray.
  @Test("the example of an evaluation is one") func exampleOfEvaluation() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../docs/plans.md").standardizedFileURL
    let blocks = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "```")
    let prefix = "yaml\nevaluation:\n"
    let block = try #require(blocks.first { $0.hasPrefix(prefix) }).dropFirst("yaml\n".count)
    let plan = try PlanTests.plan(PlanTests.small + "\n" + block)
    let suite = try plan.evaluation.suite(for: SmallData.images(1000, side: 28))
    #expect(suite.images.count == 3 + 15)
  }
}
