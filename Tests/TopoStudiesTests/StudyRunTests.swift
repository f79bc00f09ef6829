import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoData
import TopoEvaluation
import TopoFoundation
import TopoTraining

@testable import TopoStudies

/// A whole study: training, then evaluation.
@Suite("Runs of studies", .serialized) struct StudyRunTests {
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

  @Test("a study leaves models, records and metrics") func aStudyLeavesEverything() throws {
    let folder = temporary.url.appending(path: "study")
    var evaluated: Set<[Int]> = []
    let outcome = try study().run(in: folder, device: device, resume: false) { event in
      if case .evaluation(.progress(let progress), let networks) = event {
        evaluated.insert([networks, progress.all])
      }
    }
    // Clean, and two draws of white noise.
    #expect(evaluated == [[4, 3]])
    let files = try SmallStudy.files(folder)
    for name in [
      "metrics.csv", "metrics.json", "training.csv", "study.json", "progress.json",
      "suite.json", "confusion.csv", "tasks/3.csv",
    ] {
      #expect(files[name] != nil, "\(name)")
    }
    #expect(files["plan.yaml"] == Data(SmallStudy.yaml.utf8))
    #expect(files.keys.count { $0.hasSuffix("/model.safetensors") } == 4)

    let accuracies = outcome.records.filter { $0.measure == "accuracy" }
    #expect(accuracies.count == 4 * 3)
    #expect(Set(accuracies.map(\.condition)) == ["control", "ws-euclidean-0.5"])
    #expect(Set(accuracies.map(\.seed)) == [0, 4])
    #expect(Set(accuracies.filter { $0.perturbation != Record.clean }.map(\.draw)) == [0, 1])
    #expect(accuracies.allSatisfy { $0.dataset == "made-up" })
    let csv = String(decoding: files["metrics.csv"] ?? Data(), as: UTF8.self)
    #expect(csv.components(separatedBy: "\r\n").count == outcome.records.count + 2)
    let json = try JSONSerialization.jsonObject(with: files["metrics.json"] ?? Data())
    #expect(json is [String: Any])
  }

  /// Killed between training and evaluation, or during it: the same measures in the end.
  @Test("a study that was interrupted after training resumes") func aStudyGoesOnAfterTraining()
    throws
  {
    let folder = temporary.url.appending(path: "study")
    let copy = temporary.url.appending(path: "copy")
    let first = try study().run(in: folder, device: device, resume: false) { event in
      if case .evaluation(.progress(let progress), _) = event, progress.done == 1 {
        try? FileManager.default.copyItem(at: folder, to: copy)
      }
    }
    #expect(!FileManager.default.fileExists(atPath: copy.appending(path: "metrics.csv").path))
    let second = try study().run(in: copy, device: device, resume: true)
    #expect(second.records.map(\.value) == first.records.map(\.value))
    #expect(try SmallStudy.files(copy) == SmallStudy.files(folder))
  }

  @Test("a study without noise has clean records only") func aStudyWithoutNoiseIsCleanOnly() throws
  {
    let folder = temporary.url.appending(path: "study")
    let outcome = try study {
      $0.components(separatedBy: "\nevaluation").first.map { "\($0)\nevaluation: {subset: 20}" }
        ?? $0
    }.run(in: folder, device: device, resume: false)
    #expect(Set(outcome.records.map(\.perturbation)) == [Record.clean])
    #expect(!outcome.records.isEmpty)
  }

  private static let evaluations = [
    (
      "noise: white", "noise: pink",
      "it has white, which is not asked for, and results do not shrink"
    ),
    (
      "  noise: white\n  levels: [0.1]\n  draws: 2", "  subset: 30",
      "it has white, which is not asked for, and results do not shrink"
    ),
    (
      "levels: [0.1]", "levels: [0.2]",
      "white has severity 0.1 there, which is not asked for, and results do not shrink"
    ),
    ("draws: 2", "draws: 1", "white has 2 draws there, not 1, and results do not shrink"),
    ("draws: 2", "draws: 2\n  noise-seed: 3", "white has seed 0 there, not 3"),
    ("draws: 2", "draws: 2\n  subset: 7", "it uses 30 images, not 7"),
    (
      "draws: 2", "draws: 2\n  normalization: [0.5, 0.5]", "its images are normalized otherwise"
    ),
  ]

  /// Results are not replaced by those of another evaluation, nor is the plan.
  @Test("another evaluation is refused") func anotherEvaluationIsRefused() throws {
    let folder = temporary.url.appending(path: "study")
    _ = try study().run(in: folder, device: device, resume: false)
    let before = try SmallStudy.files(folder)
    for (old, new, difference) in Self.evaluations {
      let said = message {
        _ = try study { $0.replacingOccurrences(of: old, with: new) }
          .run(in: folder, device: device, resume: true)
      }
      #expect(
        said
          == "\(folder.path): the folder already holds results of another evaluation "
          + "(\(difference)); use the plan's earlier evaluation, or move suite.json, tasks, "
          + "confusion.csv, metrics.csv and metrics.json to another folder, or evaluate the networks "
          + "into another one: toposheet evaluate \(folder.path) --suite FILE --out OTHER")
      #expect(try SmallStudy.files(folder) == before, "\(difference)")
    }
    // Without results there is nothing to lose.
    for name in ["suite.json", "metrics.csv", "metrics.json", "confusion.csv", "tasks"] {
      try FileManager.default.removeItem(at: folder.appending(path: name))
    }
    let other = SmallStudy.yaml.replacingOccurrences(of: "draws: 2", with: "draws: 1")
    _ = try study { _ in other }.run(in: folder, device: device, resume: true)
    #expect(try Data(contentsOf: folder.appending(path: "plan.yaml")) == Data(other.utf8))
  }

  /// An evaluation of some of the networks grows to that of the study.
  @Test("an evaluation of some networks grows") func anEvaluationOfSomeNetworks() throws {
    let folder = temporary.url.appending(path: "study")
    let unbroken = temporary.url.appending(path: "unbroken")
    let whole = try study()
    _ = try whole.run(in: folder, device: device, resume: false)
    try FileManager.default.copyItem(at: folder, to: unbroken)
    for name in ["suite.json", "metrics.csv", "metrics.json", "confusion.csv", "tasks"] {
      try FileManager.default.removeItem(at: folder.appending(path: name))
    }
    let members = whole.plan.members
    let file = { (member: Member) in
      folder.appending(path: member.path).appending(path: "model.safetensors")
    }
    let data = SmallStudy.dataset
    try SuiteRun(
      suite: whole.suite,
      models: members.dropLast().map {
        try EvaluatedModel(contentsOf: file($0), images: data.test.shape)
      }, images: data.test, dataset: data.name, normalization: data.normalization
    ).run(in: folder, device: device, resume: false)
    let last = try #require(members.last)
    try FileManager.default.removeItem(at: file(last))
    _ = try study().run(in: folder, device: device, resume: true)
    // Which says what it comes from.
    let (found, expected) = (try SmallStudy.files(folder), try SmallStudy.files(unbroken))
    #expect(found.keys.sorted() == expected.keys.sorted())
    for (name, bytes) in expected { #expect(found[name] == bytes, "\(name)") }
  }

  /// A plan's evaluation is a suite: its parts come from the plan, with one seed and resume.
  @Test("a plan holds a suite") func aPlanHoldsASuite() throws {
    let folder = temporary.url.appending(path: "study")
    let text =
      SmallStudy.yaml.components(separatedBy: "\nevaluation")[0] + """

        evaluation:
          seed: 3
          subset: 20
          suite: adversarial
          parts:
            - images: white
              severities: 0.2
              draws: 2
            - weights: zeroing
              severities: 0.5
              draws: 2
        """
    var tasks: [String] = []
    let outcome = try study { _ in text }.run(in: folder, device: device, resume: false) { event in
      if case .evaluation(.progress(let progress), 4) = event, tasks.last != progress.task {
        tasks.append(progress.task)
      }
    }
    #expect(
      tasks.prefix(5) == [
        "clean", "white 0.2", "white 0.2, draw 1", "weights/zeroing/topographic 0.0",
        "weights/zeroing/topographic 0.5",
      ])
    #expect(tasks.last == "adversarial/pgd-l2 2" && tasks.count == 19)
    #expect(Set(outcome.records.map(\.network)).count == 4)
    let files = try SmallStudy.files(folder)
    #expect(files["tasks/19.csv"] != nil && files["confusion.csv"] != nil)
    // The same as from a suite file, on the networks that the study left.
    let suite = try SuiteDescription(yaml: text, file: "plan.yaml", key: "evaluation")
      .suite(for: SmallStudy.dataset.test)
    let models = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix("model.safetensors") }.sorted().map {
        try EvaluatedModel(
          contentsOf: folder.appending(path: $0), images: SmallStudy.dataset.shape)
      }
    let other = temporary.url.appending(path: "suite")
    try SuiteRun(
      suite: suite, models: models, images: SmallStudy.dataset.test, dataset: "made-up",
      normalization: SmallStudy.dataset.normalization
    ).run(in: other, device: device, resume: false)
    #expect(try SmallStudy.files(other)["confusion.csv"] == files["confusion.csv"])
    #expect(try SmallStudy.files(other)["metrics.csv"] == files["metrics.csv"])
  }

  /// Comments, order of keys, noises, conditions and seeds do not make another study.
  @Test("the same evaluation in other words is the same") func theSameEvaluationInOtherWords()
    throws
  {
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

  /// Whether other test images, a damaged description, or results that no suite here explains.
  @Test("results of other origin are not replaced") func resultsOfOtherOriginAreNotReplaced() throws
  {
    let folder = temporary.url.appending(path: "study")
    // Sheets are measured along training on other images than the one that differs.
    let few: (String) -> String = {
      $0.replacingOccurrences(of: "epochs: 3", with: "epochs: 3\nalong-training: {images: 20}")
    }
    _ = try study(few).run(in: folder, device: device, resume: false)
    var dataset = SmallStudy.dataset
    dataset.test.images[29 * 64 + 3] ^= 1
    let other = try StudyRun(
      plan: try SmallStudy.plan(few), source: Array(few(SmallStudy.yaml).utf8), dataset: dataset)
    let said = message { _ = try other.run(in: folder, device: device, resume: true) }
    #expect(said.contains("(its images differ)"), "\(said)")
    let whole = try SmallStudy.files(folder)
    let description = folder.appending(path: "suite.json")
    try Data(contentsOf: description).dropLast(20).write(to: description)
    let damaged = message { _ = try study(few).run(in: folder, device: device, resume: true) }
    #expect(damaged.hasPrefix("\(description.path): "), "\(damaged)")
    try FileManager.default.removeItem(at: description)
    for (missing, first, remedy) in [
      (nil, "metrics.csv", "confusion.csv, metrics.csv and metrics.json"),
      ("confusion.csv", "metrics.csv", "metrics.csv and metrics.json"),
      ("metrics.csv", "metrics.json", "metrics.json"),
    ] {
      if let missing {
        try FileManager.default.removeItem(at: folder.appending(path: missing))
      }
      let before = try SmallStudy.files(folder)
      let foreign = message { _ = try study(few).run(in: folder, device: device, resume: true) }
      #expect(foreign.contains("suite.json that says what it comes from; move \(remedy) out of"))
      #expect(foreign.contains(first), "\(foreign)")
      #expect(try SmallStudy.files(folder) == before)
    }
    try FileManager.default.removeItem(at: folder.appending(path: "metrics.json"))
    _ = try study(few).run(in: folder, device: device, resume: true)
    #expect(try SmallStudy.files(folder) == whole)
  }

  /// Members that diverged are missing from the measures; the others are there.
  @Test("stopped members are not evaluated") func stoppedMembersAreNotEvaluated() throws {
    let folder = temporary.url.appending(path: "study")
    let outcome = try study {
      $0.replacingOccurrences(of: "lambda: 0.5", with: "lambda: 1e38")
        .replacingOccurrences(of: "batch: 16", with: "batch: 16\noptimizer: sgd")
    }.run(in: folder, device: device, resume: false)
    #expect(outcome.progress.stopped.count == 2)
    #expect(Set(outcome.records.map(\.condition)) == ["control"])
  }

  @Test("a subset larger than the data is refused") func moreImagesThanThereAreAreRefused() {
    let said = message {
      _ = try study {
        $0.replacingOccurrences(of: "noise: white", with: "noise: white\n  subset: 31")
      }
    }
    #expect(said.contains("there are only 30; ask for fewer"), "\(said)")
    let training = message { _ = try study { $0 + "\nsubset: 51" } }
    #expect(training.contains("there are only 50"), "\(training)")
  }

  @Test("images that are too small to pool are refused")
  func imagesThatAreTooSmallToPoolAreRefused() {
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

  @Test(
    "an evaluation that the networks do not have is refused before training",
    arguments: [
      ("weights: zeroing\n      layers: nosuch", "nosuch"),
      ("weights: lesion/selective\n      severities: 500", "500"),
      ("adversarial: fgsm\n      subset: 31", "only 30"),
    ])
  func impossibleEvaluations(part: String, word: String) throws {
    let folder = temporary.url.appending(path: "study")
    let text =
      SmallStudy.yaml.components(separatedBy: "\nevaluation")[0]
      + "\nevaluation:\n  parts:\n    - \(part)\n"
    let said = message {
      _ = try study { _ in text }.run(in: folder, device: device, resume: false)
    }
    #expect(said.contains(word), "\(said)")
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }
}
