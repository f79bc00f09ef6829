import Foundation
import TestSupport
import Testing
import TopoStudies

/// Plans by name, with settings, and explained.
@Suite("Plans on the command line", .serialized) struct PlanCommandTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  /// Settings that make a ready plan small.
  private var small: [String] {
    [
      "--set", "data=\(place.data)", "--set", "subset=60", "--set", "seeds=0,3", "--set",
      "epochs=1", "--set", "batch=16", "--device", "cpu",
    ]
  }

  @Test("a ready plan runs with settings, and its folder holds what was run")
  func runsReadyPlan() throws {
    let settings = small + ["--set", "evaluation.subset=20"]
    let result = try Command.run(["run", "demo", "--out", place.path("demo")] + settings)
    #expect(result.status == 0, "\(result.errors)")
    let text = try String(contentsOf: place.url("demo/plan.yaml"), encoding: .utf8)
    #expect(
      text.hasPrefix(
        "# Resolved from the ready plan demo with\n# --set data=\(place.data)\n# --set subset=60\n"),
      "\(text)")
    let kept = try Plan(contentsOf: place.url("demo/plan.yaml"))
    #expect(kept.epochs == 1 && kept.seeds.seeds == [0, 3] && kept.data == place.data)
    #expect(kept.evaluation.subset == 20)
    // The kept plan is the same study: nothing is left to do, and nothing changes.
    let before = try Data(contentsOf: place.url("demo/metrics.csv"))
    let again = try Command.run([
      "run", place.path("demo/plan.yaml"), "--out", place.path("demo"), "--device", "cpu",
      "--resume",
    ])
    #expect(again.status == 0, "\(again.errors)")
    #expect(try Data(contentsOf: place.url("demo/metrics.csv")) == before)
    #expect(try String(contentsOf: place.url("demo/plan.yaml"), encoding: .utf8) == text)
  }

  @Test("the study of lambdas runs in small")
  func runsLambda() throws {
    let result = try Command.run(
      [
        "run", "lambda", "--out", place.path("lambda"), "--set", "conditions.ws.lambda=[0.1,1]",
        "--set", "conditions.as=",
      ] + small)
    #expect(result.status == 0, "\(result.errors)")
    #expect(place.exists("lambda/ws-euclidean-0.1/seed-3/model.safetensors"))
    #expect(!place.exists("lambda/as-correlation-1") && place.exists("lambda/units.csv"))
  }

  @Test("plan show prints a plan that reads back")
  func show() throws {
    let result = try Command.run([
      "plan", "show", "paper-mnist", "--set", "conditions.ws.lambda=[0.5,1]",
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.output.hasPrefix(
        "# Resolved from the ready plan paper-mnist with\n# --set conditions.ws.lambda=[0.5,1]\n"))
    let plan = try Plan(yaml: result.output, file: "shown.yaml")
    #expect(plan.conditions.count == 9 && plan.epochs == 10)
  }

  @Test("plan list names every ready plan")
  func list() throws {
    let result = try Command.run(["plan", "list"])
    #expect(result.status == 0)
    for plan in ReadyPlan.all {
      #expect(result.output.contains(plan.name) && result.output.contains(plan.summary))
    }
  }

  /// A text in one line.
  private static func unwrapped(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  @Test("plan check explains a study and writes nothing")
  func check() throws {
    let before = try FileManager.default.contentsOfDirectory(atPath: place.temporary.url.path)
    let result = try Command.run(["plan", "check", "paper-mnist", "--no-time"] + small)
    #expect(result.status == 0, "\(result.errors)")
    for words in [
      "26: 13 conditions (control, ws-euclidean-0.1,", "x 2 seeds (0,3)",
      "1 epoch of 48 images of data in batches of 16: 3 steps of each network, 1,248 images in all; "
        + "12 images are for validation",
      "clean images; 3 perturbations of images (white, pink, salt-pepper) in 75 sets by severity",
      "; 6 analyses (organization, ", "perturbations of weights (additive-relative, ",
      "with 2 seeds", "as the first of 12 by Holm's correction",
      "p cannot reach 0.05 whatever the networks do; that takes 9 seeds", "of models",
    ] { #expect(Self.unwrapped(result.output).contains(words), "\(words): \(result.output)") }
    #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
    #expect(!result.output.contains("images/s"))
    let timed = try Command.run(
      ["plan", "check", "demo", "--set", "conditions.as=", "--set", "evaluation.subset=20"]
        + small)
    #expect(timed.status == 0, "\(timed.errors)")
    #expect(Self.unwrapped(timed.output).contains("an estimate from "), "\(timed.output)")
    let after = try FileManager.default.contentsOfDirectory(atPath: place.temporary.url.path)
    #expect(before == after)
  }

  @Test("mistakes are one sentence")
  func mistakes() throws {
    try expectRefused(
      ["run", "dmeo", "--out", place.path("x")],
      ["there is no ready plan dmeo", "did you mean demo?"])
    try expectRefused(
      ["run", "demo", "--set", "epocs=3", "--out", place.path("x")],
      ["--set epocs=3: the key epocs is not known in the plan", "did you mean epochs?"])
    try expectRefused(
      ["plan", "show", "demo", "--set", "epochs"], ["--set epochs: is not a key with a value"])
    for (setting, part) in [
      ("evaluation={suite: foo}", "there is no suite \"foo\""),
      ("evaluation={parts: []}", "parts must be a list with at least one"),
    ] {
      try expectRefused(["plan", "show", "demo", "--set", setting], ["--set \(setting): ", part])
    }
    try expectRefused(
      ["plan", "check", "demo", "--set", "data=\(place.data)", "--set", "subset=100000"],
      ["--set subset=100000: subset is 100000, but data has "])
    try expectRefused(
      ["plan", "check", "demo", "--set", "data=nope"], ["--set data=nope: ", "no such folder"])
    try expectRefused(
      ["plan", "chek", "demo"], ["there is no command plan chek", "did you mean check?"])
    try expectRefused(
      ["plan", "check", "demo", "--threds", "2"],
      ["plan check has no option --threds; did you mean --threads?"])
    try expectRefused(["plan", "check"], ["<plan> is missing"])
    #expect(!place.exists("x"))
  }
}
