import Foundation
import Testing
import TopoCompute
import TopoData
import TopoEvaluation
import TopoFoundation

@testable import TopoStudies

/// A whole study: training, then evaluation.
@Suite(.serialized) struct StudyRunTests {
  let temporary: TemporaryFolder
  let device: any Device

  init() throws {
    temporary = try TemporaryFolder()
    device = try CPUDevice(threads: 2)
  }

  private func study(_ change: (String) -> String = { $0 }) throws -> StudyRun {
    let text = change(SmallStudy.yaml)
    return try StudyRun(
      plan: try Plan(yaml: text, file: "plan.yaml"), source: Array(text.utf8),
      dataset: SmallStudy.dataset)
  }

  @Test func aStudyLeavesEverything() throws {
    let folder = temporary.url.appending(path: "study")
    var evaluated: [Int] = []
    let outcome = try study().run(in: folder, device: device, resume: false) { event in
      if case .evaluated(let networks, let perturbations) = event {
        evaluated = [networks, perturbations]
      }
    }
    // Clean, and two draws of white noise.
    #expect(evaluated == [4, 3])
    let files = try SmallStudy.files(folder)
    for name in [
      "metrics.csv", "metrics.json", "training.csv", "study.json", "progress.json",
      "evaluation.json",
    ] {
      #expect(files[name] != nil, "\(name)")
    }
    #expect(files["plan.yaml"] == Data(SmallStudy.yaml.utf8))
    #expect(files.keys.count { $0.hasSuffix("/model.safetensors") } == 4)

    let accuracies = outcome.records.filter { $0.measure == "accuracy" }
    #expect(accuracies.count == 4 * 3)
    #expect(Set(accuracies.map(\.condition)) == ["control", "ws-euclidean-0.5"])
    #expect(Set(accuracies.map(\.seed)) == [0, 4])
    #expect(Set(accuracies.filter { $0.perturbation != Record.clean }.map(\.repeat)) == [0, 1])
    #expect(accuracies.allSatisfy { $0.dataset == "made-up" })
    let csv = String(decoding: files["metrics.csv"] ?? Data(), as: UTF8.self)
    #expect(csv.components(separatedBy: "\r\n").count == outcome.records.count + 2)
    let json = try JSONSerialization.jsonObject(with: files["metrics.json"] ?? Data())
    #expect(json is [String: Any])
  }

  /// Killed between training and evaluation, or during it: the same measures in the end.
  @Test func aStudyGoesOnAfterTraining() throws {
    let folder = temporary.url.appending(path: "study")
    let copy = temporary.url.appending(path: "copy")
    let first = try study().run(in: folder, device: device, resume: false) { event in
      if case .evaluating(1, _) = event {
        try? FileManager.default.copyItem(at: folder, to: copy)
      }
    }
    #expect(!FileManager.default.fileExists(atPath: copy.appending(path: "metrics.csv").path))
    let second = try study().run(in: copy, device: device, resume: true)
    #expect(second.records.map(\.value) == first.records.map(\.value))
    #expect(try SmallStudy.files(copy) == SmallStudy.files(folder))
  }

  @Test func aStudyWithoutNoiseIsCleanOnly() throws {
    let folder = temporary.url.appending(path: "study")
    let outcome = try study {
      $0.components(separatedBy: "\nevaluation").first.map { "\($0)\nevaluation: {subset: 20}" }
        ?? $0
    }.run(in: folder, device: device, resume: false)
    #expect(Set(outcome.records.map(\.perturbation)) == [Record.clean])
    #expect(!outcome.records.isEmpty)
  }

  /// Members that diverged are missing from the measures; the others are there.
  private static let evaluations = [
    (
      "noise: white", "noise: pink", "noise white, not pink",
      " --noise pink --levels 0.1 --draws 2"
    ),
    (
      "noise: white", "noise: [pink, white]", "noise white, not pink,white",
      " --noise pink,white --levels 0.1 --draws 2"
    ),
    ("  noise: white\n  levels: [0.1]\n  draws: 2", "  subset: 30", "noise white, not none", ""),
    (
      "levels: [0.1]", "levels: [0.1, 0.2]", "levels 0.1, not 0.1,0.2",
      " --noise white --levels 0.1,0.2 --draws 2"
    ),
    ("draws: 2", "draws: 1", "2 draws, not 1", " --noise white --levels 0.1 --draws 1"),
    (
      "draws: 2", "draws: 2\n  noise-seed: 3", "noise-seed 0, not 3",
      " --noise white --levels 0.1 --draws 2 --noise-seed 3"
    ),
    (
      "draws: 2", "draws: 2\n  subset: 7", "30 images, not 7",
      " --noise white --levels 0.1 --draws 2 --subset 7"
    ),
    (
      "draws: 2", "draws: 2\n  normalization: data", "normalization auto, not data",
      " --noise white --levels 0.1 --draws 2 --normalization data"
    ),
  ]

  /// Metrics are not replaced by those of another evaluation, nor is the plan.
  @Test func anotherEvaluationIsRefused() throws {
    let folder = temporary.url.appending(path: "study")
    _ = try study().run(in: folder, device: device, resume: false)
    let before = try SmallStudy.files(folder)
    let record = folder.appending(path: "evaluation.json")
    for (old, new, difference, options) in Self.evaluations {
      func refusal() -> String {
        message {
          _ = try study { $0.replacingOccurrences(of: old, with: new) }
            .run(in: folder, device: device, resume: true)
        }
      }
      let wanted =
        "\(folder.path): the folder already holds metrics of another evaluation (\(difference)); "
        + "give the plan that evaluation again, or evaluate the networks into another folder: "
        + "toposheet evaluate \(folder.path) --data made-up\(options) --out OTHER"
      #expect(refusal() == wanted)
      #expect(try SmallStudy.files(folder) == before, "\(difference)")
      // Also of metrics that an earlier version left, which kept the plan alone.
      try FileManager.default.removeItem(at: record)
      #expect(refusal() == wanted)
      try before["evaluation.json"]?.write(to: record)
    }
    try FileManager.default.removeItem(at: record)
    _ = try study().run(in: folder, device: device, resume: true)
    #expect(try SmallStudy.files(folder) == before)
    // Without metrics there is nothing to lose.
    for name in ["metrics.csv", "metrics.json"] {
      try FileManager.default.removeItem(at: folder.appending(path: name))
    }
    let other = SmallStudy.yaml.replacingOccurrences(of: "draws: 2", with: "draws: 1")
    _ = try study { _ in other }.run(in: folder, device: device, resume: true)
    #expect(try Data(contentsOf: folder.appending(path: "plan.yaml")) == Data(other.utf8))
  }

  /// Comments, order of keys, noises, conditions and seeds do not make another study.
  @Test func theSameEvaluationInOtherWords() throws {
    let folder = temporary.url.appending(path: "study")
    func both(_ first: String, _ second: String) -> (String) -> String {
      { $0.replacingOccurrences(of: "noise: white", with: "noise: [\(first), \(second)]") }
    }
    _ = try study(both("white", "pink")).run(in: folder, device: device, resume: false)
    let before = try SmallStudy.files(folder)
    let reordered: (String) -> String = { text in
      let lines = both("pink", "white")(text).components(separatedBy: "\n")
      return "# again\n"
        + (lines[1...] + [lines[0] + " # as before"]).joined(separator: "\n")
        .replacingOccurrences(of: "  - penalty: control\n", with: "")
        .replacingOccurrences(of: "lambda: 0.5\n", with: "lambda: 0.5\n  - penalty: control\n")
        .replacingOccurrences(of: "seeds: 0,4", with: "seeds: [4, 0]")
    }
    let plan = try SmallStudy.plan(reordered)
    #expect(plan.conditions.map(\.label) == ["ws-euclidean-0.5", "control"])
    _ = try study(reordered).run(in: folder, device: device, resume: true)
    #expect(try SmallStudy.files(folder) == before)
    // Also where something is left to do.
    try FileManager.default.removeItem(at: folder.appending(path: "control/seed-4"))
    _ = try study(reordered).run(in: folder, device: device, resume: true)
    #expect(try SmallStudy.files(folder) == before)
    try FileManager.default.removeItem(at: folder.appending(path: "progress.json"))
    _ = try study(reordered).run(in: folder, device: device, resume: true)
    #expect(try SmallStudy.files(folder) == before)
  }

  /// Whether other test images, or metrics that no plan left.
  @Test func metricsOfOtherOriginAreNotReplaced() throws {
    let folder = temporary.url.appending(path: "study")
    _ = try study().run(in: folder, device: device, resume: false)
    var dataset = SmallStudy.dataset
    dataset.test.images[3] ^= 1
    let other = try StudyRun(
      plan: try SmallStudy.plan(), source: Array(SmallStudy.yaml.utf8), dataset: dataset)
    let said = message { _ = try other.run(in: folder, device: device, resume: true) }
    #expect(said.contains("(other images)"), "\(said)")
    let record = folder.appending(path: "evaluation.json")
    try Data(contentsOf: record).dropLast(20).write(to: record)
    let damaged = message { _ = try study().run(in: folder, device: device, resume: true) }
    #expect(damaged.hasPrefix("\(record.path): "), "\(damaged)")
    #expect(
      damaged.hasSuffix(
        "move metrics.csv and metrics.json out of the folder, and go on with --resume"))
    // As `toposheet evaluate` leaves them; and without a plan.
    try FileManager.default.removeItem(at: record)
    let metrics = folder.appending(path: "metrics.json")
    let text = try String(contentsOf: metrics, encoding: .utf8)
    try Data(text.replacingOccurrences(of: "\"study\"", with: "\"studied\"").utf8)
      .write(to: metrics)
    for _ in 0..<2 {
      let foreign = message { _ = try study().run(in: folder, device: device, resume: true) }
      #expect(
        foreign
          == "\(folder.path)/metrics.csv: is there already and not of this plan; move metrics.csv "
          + "and metrics.json out of the folder, and go on with --resume")
      try Data(text.utf8).write(to: metrics)
      try? FileManager.default.removeItem(at: folder.appending(path: "plan.yaml"))
    }
  }

  /// The record of the plan's evaluation, which others' metrics came beside: both files, or either.
  @Test func aRecordDoesNotMakeMetricsThePlans() throws {
    let folder = temporary.url.appending(path: "study")
    _ = try study().run(in: folder, device: device, resume: false)
    let whole = try SmallStudy.files(folder)
    let foreign = Data("{\n  \"provenance\": {\n    \"device\": \"a model\"\n  }\n}\n".utf8)
    for (csv, json, first, remedy) in [
      (Data("rows".utf8), foreign, "metrics.csv", "metrics.csv and metrics.json"),
      (nil, foreign, "metrics.json", "metrics.json"),
      (Data("rows".utf8), nil, "metrics.csv", "metrics.csv"),
    ] {
      for (name, contents) in [("metrics.csv", csv), ("metrics.json", json)] {
        try? FileManager.default.removeItem(at: folder.appending(path: name))
        try contents?.write(to: folder.appending(path: name))
      }
      let before = try SmallStudy.files(folder)
      let said = message { _ = try study().run(in: folder, device: device, resume: true) }
      #expect(
        said
          == "\(folder.path)/\(first): is there already and not of this plan; move \(remedy) out of "
          + "the folder, and go on with --resume")
      #expect(try SmallStudy.files(folder) == before)
    }
    // Killed between the two files.
    try FileManager.default.removeItem(at: folder.appending(path: "metrics.csv"))
    try whole["metrics.json"]?.write(to: folder.appending(path: "metrics.json"))
    _ = try study().run(in: folder, device: device, resume: true)
    #expect(try SmallStudy.files(folder) == whole)
  }

  @Test func stoppedMembersAreNotEvaluated() throws {
    let folder = temporary.url.appending(path: "study")
    let outcome = try study {
      $0.replacingOccurrences(of: "lambda: 0.5", with: "lambda: 1e38")
        .replacingOccurrences(of: "batch: 16", with: "batch: 16\noptimizer: sgd")
    }.run(in: folder, device: device, resume: false)
    #expect(outcome.progress.stopped.count == 2)
    #expect(Set(outcome.records.map(\.condition)) == ["control"])
  }

  @Test func moreImagesThanThereAreAreRefused() {
    let said = message {
      _ = try study {
        $0.replacingOccurrences(of: "noise: white", with: "noise: white\n  subset: 31")
      }
    }
    #expect(said.contains("there are only 30; ask for fewer"), "\(said)")
    let training = message { _ = try study { $0 + "\nsubset: 51" } }
    #expect(training.contains("there are only 50"), "\(training)")
  }

  @Test func imagesThatAreTooSmallToPoolAreRefused() {
    let said = message {
      let tiny = ImageSet(
        images: [UInt8](repeating: 1, count: 9 * 20), labels: [Int32](repeating: 0, count: 20),
        shape: ImageShape(channels: 1, rows: 3, columns: 3), classes: 10)
      _ = try StudyRun(
        plan: try SmallStudy.plan(), source: [],
        dataset: Dataset(
          name: "tiny", training: tiny, test: tiny, normalization: Normalization(of: tiny)))
    }
    #expect(said.contains("images of 1 x 3 x 3 are too small"), "\(said)")
  }
}
