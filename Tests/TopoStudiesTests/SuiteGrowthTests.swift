import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoEvaluation
import TopoFoundation

@testable import TopoStudies

/// Evaluations to which networks, perturbations, severities and draws are added.
@Suite("Growth of evaluations", .serialized) struct SuiteGrowthTests {
  private let temporary: TemporaryFolder
  private let device: any Device

  init() throws {
    temporary = try TemporaryFolder()
    device = try CPUDevice(threads: 2)
  }

  private func folder(_ name: String) -> URL { temporary.url.appending(path: name) }

  private static let parts = """
    name: mine
    subset: 12
    parts:
      - images: white
        severities: [0.5]
        draws: 2
      - images: corruption/fog
        severities: [1]
      - suite: corruptions
        severities: [3]
      - analyses: [organization, units, comparison, ensembles]
      - weights: [zeroing, lesion/patch]
        severities: 0.5
        draws: 2
        centers: 3
      - adversarial: [pgd-linf]
        epsilons: [0.1]
        subset: 10
    """

  /// A suite of some networks.
  /// - Parameters:
  ///   - models: their indices, in the order of evaluation.
  ///   - changes: of the suite's text.
  private func run(_ models: [Int], _ changes: [(String, String)] = []) throws -> SuiteRun {
    let (dataset, all) = (SmallStudy.dataset, try SuiteRunTests.models())
    for (old, _) in changes { #expect(Self.parts.contains(old), "\(old)") }
    let text = changes.reduce(Self.parts) { $0.replacing($1.0, with: $1.1) }
    return try SuiteRun(
      suite: try SuiteDescription(yaml: text, file: "suite.yaml").suite(
        .small, shape: dataset.shape),
      models: models.map { all[$0] }, images: dataset.test, dataset: dataset.name,
      normalization: dataset.normalization)
  }

  private func expect(_ folder: URL, _ wanted: [String: Data], _ name: String) throws {
    let files = try SmallStudy.files(folder)
    #expect(files.keys.sorted() == wanted.keys.sorted(), "\(name)")
    for (file, bytes) in wanted { #expect(files[file] == bytes, "\(name): \(file)") }
  }

  private static let severity = ("severities: [0.5]", "severities: [0.75, 0.25, 0.5]")
  private static let fog = ("severities: [1]", "severities: [2, 1]")
  private static let draws = ("[0.5]\n    draws: 2", "[0.5]\n    draws: 3")
  private static let weightDraws = ("0.5\n    draws: 2", "0.5\n    draws: 3")
  private static let weightSeverity = ("severities: 0.5", "severities: [0.25, 0.5]")
  // Epsilons below, and an attack that comes before: the first task of each has further results.
  private static let epsilon = ("epsilons: [0.1]", "epsilons: [0.05, 0.1]")
  private static let attack = ("[pgd-linf]", "[pgd-linf, fgsm]")
  private static let weight = ("[zeroing, lesion/patch]", "[pruning, zeroing, lesion/patch]")
  private static let analysis = ("[organization, units", "[selectivity, organization, units")

  static let growths: [(name: String, before: [Int], after: [Int], changes: [(String, String)])] = [
    ("networks, before and between", [0, 3], [4, 0, 2, 3, 1], []),
    ("the same networks in another order", [0, 1, 3], [3, 0, 1], []),
    ("severities", [0, 3], [0, 3], [severity, fog]), ("draws", [0, 3], [0, 3], [draws]),
    ("severities and draws of weights", [0, 3], [0, 3], [weightSeverity, weightDraws]),
    ("epsilons", [0, 3], [0, 3], [epsilon]), ("an attack that comes first", [0], [0], [attack]),
    ("weights that come first", [0], [0], [weight]), ("an analysis", [0, 1], [0, 1], [analysis]),
    (
      "everything", [1, 0], [2, 1, 3, 0, 4],
      [severity, fog, weightDraws, weightSeverity, epsilon, attack, weight, analysis]
    ),
  ]

  /// All files are those of the larger evaluation from the start.
  @Test("a grown evaluation has the same bytes", arguments: growths.indices)
  func aGrownEvaluationHasTheSameBytes(_ index: Int) throws {
    let (name, before, after, changes) = Self.growths[index]
    let (small, large) = (folder("small"), folder("large"))
    try run(after, changes).run(in: large, device: device, resume: false)
    let wanted = try SmallStudy.files(large)
    try run(before).run(in: small, device: device, resume: false)
    #expect(
      message { try run(after, changes).run(in: small, device: device, resume: false) }
        .contains("already holds a part of this suite; add --resume to add what is missing"))
    let records = try run(after, changes).run(in: small, device: device, resume: true)
    try expect(small, wanted, name)
    #expect(try run(after, changes).run(device: device) == records)
    // Nothing is left to do.
    try run(after, changes).run(in: small, device: device, resume: true)
    try expect(small, wanted, name)
    #expect(
      message { try run(before).run(in: small, device: device, resume: true) }
        .contains(name.hasPrefix("the same") ? "no error" : "do not shrink"))
  }

  /// Results that no evaluation would give are still there when the evaluation has grown.
  @Test("results of networks are kept") func resultsOfNetworksAreKept() throws {
    let small = folder("small")
    try run([0, 3]).run(in: small, device: device, resume: false)
    let description = try #require(try RunFolder<SuiteFolder.Description>.read(small))
    let (tasks, models) = (description.identity.tasks, description.identity.models)
    for (task, key) in tasks.enumerated() {
      let files = TaskFiles(folder: TaskFiles.folder(in: small), task: task, key: key)
      var results = try files.read(of: Set(models.map(\.network)))
      for index in results.records.indices { results.records[index].value = .value(-7) }
      try files.write(results)
    }
    let changes = [Self.severity, Self.weightDraws, Self.epsilon, Self.attack]
    try run([0, 1, 3], changes).run(in: small, device: device, resume: true)
    let grown = try #require(try RunFolder<SuiteFolder.Description>.read(small)).identity
    var computed: Set<String> = []
    for (task, key) in grown.tasks.enumerated() {
      let files = TaskFiles(folder: TaskFiles.folder(in: small), task: task, key: key)
      let records = try files.read(of: Set(grown.models.map(\.network))).records
      for (model, network) in grown.models.enumerated() {
        let own = records.filter { $0.network.fields == network.network }
        let isKept = own.allSatisfy { $0.value == .value(-7) }
        #expect(isKept || own.allSatisfy { $0.value != .value(-7) }, "\(key)")
        #expect(model != 1 || !isKept, "\(key)")
        if model != 1, !isKept, tasks.contains(key) { computed.insert(key) }
      }
    }
    // Comparisons of networks, other draws of weights, and the epsilon that was the first one.
    #expect(
      computed == [
        "analysis/comparison 0.0 0", "analysis/ensembles 0.0 0",
        "weights/zeroing/topographic 0.5 0",
        "adversarial/pgd-linf 0.1 0",
      ])
  }

  /// The folder as it was at any moment of growth is one that can be continued, and can grow on.
  @Test("growth that was interrupted continues") func growthThatWasInterruptedContinues() throws {
    let (small, large, larger) = (folder("small"), folder("large"), folder("larger"))
    let (after, changes) = ([4, 0, 3], [Self.severity, Self.epsilon])
    let (last, further) = ([1, 0, 4, 3, 2], [Self.severity, Self.epsilon, Self.weight])
    try run(after, changes).run(in: large, device: device, resume: false)
    try run(last, further).run(in: larger, device: device, resume: false)
    try run([0, 3]).run(in: small, device: device, resume: false)
    var copies: [URL] = []
    try run(after, changes).run(in: small, device: device, resume: true) { event in
      let copy = folder("copy-\(copies.count)")
      if case .progress = event {
        try? FileManager.default.copyItem(at: small, to: copy)
        copies.append(copy)
      }
    }
    let (wanted, more) = (try SmallStudy.files(large), try SmallStudy.files(larger))
    try expect(small, wanted, "small")
    #expect(copies.count > 20)
    for (index, copy) in copies.enumerated() where index % 5 == 0 {
      if index % 2 == 0 {
        try run(after, changes).run(in: copy, device: device, resume: true)
        try expect(copy, wanted, "\(index)")
      }
      try run(last, further).run(in: copy, device: device, resume: true)
      try expect(copy, more, "\(index), further")
    }
  }

  /// Killed before and after `suite.json` says that the suite has grown, and between the files of a
  /// task.
  @Test("growth can end anywhere", arguments: ["before", "after", "between", "kept"])
  func growthCanEndAnywhere(_ moment: String) throws {
    let (small, large) = (folder("small"), folder("large"))
    try run([0, 1, 3], [Self.severity]).run(in: large, device: device, resume: false)
    let wanted = try SmallStudy.files(large)
    try run([0, 3]).run(in: small, device: device, resume: false)
    func identity(_ folder: URL) throws -> SuiteFolder.Identity {
      try #require(try RunFolder<SuiteFolder.Description>.read(folder)).identity
    }
    let after = try identity(large)
    try SuiteFolder.Growth.prepare(try identity(small), toBecome: after, in: small)
    let files = FileManager.default
    func path(_ name: String) -> URL { small.appending(path: name) }
    if moment != "before" {
      try files.removeItem(at: path("suite.json"))
      try files.copyItem(at: large.appending(path: "suite.json"), to: path("suite.json"))
    }
    if moment == "between" { try files.moveItem(at: path("tasks"), to: path(".tasks-old")) }
    if moment == "kept" {
      // A task is written, but what was kept for it is still there.
      try SuiteFolder.Growth.finish(in: small, after)
      #expect(files.fileExists(atPath: path("tasks/1-kept.json").path))
      for name in ["1-confusion.csv", "1.csv"] {
        try files.copyItem(
          at: large.appending(path: "tasks/\(name)"), to: path("tasks/\(name)"))
      }
    }
    try run([0, 1, 3], [Self.severity]).run(in: small, device: device, resume: true)
    try expect(small, wanted, moment)
  }

  @Test("damaged results are not kept") func damagedResultsAreNotKept() throws {
    let small = folder("small")
    try run([0, 3]).run(in: small, device: device, resume: false)
    let (task, whole) = (small.appending(path: "tasks/3.csv"), try SmallStudy.files(small))
    try Data("x".utf8).write(to: task)
    func said() -> String {
      message { try run([0, 1, 3]).run(in: small, device: device, resume: true) }
    }
    #expect(said().hasPrefix("\(task.path): is not as it was written"))
    // The folder is still that of the smaller evaluation.
    try #require(whole["tasks/3.csv"]).write(to: task)
    try run([0, 3]).run(in: small, device: device, resume: true)
    try expect(small, whole, "small")
    // What was kept is damaged later.
    let identity = try #require(try RunFolder<SuiteFolder.Description>.read(small)).identity
    let large = folder("large")
    try run([0, 1, 3]).run(in: large, device: device, resume: false)
    let wanted = try #require(try RunFolder<SuiteFolder.Description>.read(large))
    try SuiteFolder.Growth.prepare(identity, toBecome: wanted.identity, in: small)
    try StudyJSON.encodeSealed(wanted).write(to: small.appending(path: "suite.json"))
    try SuiteFolder.Growth.finish(in: small, wanted.identity)
    let kept = small.appending(path: "tasks/2-kept.json")
    let text = try String(contentsOf: kept, encoding: .utf8)
    try Data(text.replacing("white", with: "wight").utf8).write(to: kept)
    #expect(
      said()
        == "\(kept.path): is not as it was written; remove it and continue with --resume")
    try FileManager.default.removeItem(at: kept)
    #expect(said() == "no error")
    try expect(small, try SmallStudy.files(large), "large")
  }

  @Test("what cannot be added says why") func whatCannotBeAddedSaysWhy() throws {
    let small = folder("small")
    try run([0, 3]).run(in: small, device: device, resume: false)
    let before = try SmallStudy.files(small)
    for (old, new, reason) in [
      (
        "severities: [1]", "severities: [2]", "corruption/fog has severity 1.0 there, which is not"
      ),
      (
        "[0.5]\n    draws: 2", "[0.5]\n    draws: 1",
        "white has 2 draws there, not 1, and results do not shrink"
      ),
      (
        "0.5\n    draws: 2", "0.5\n    draws: 1",
        "weights/zeroing/topographic has 2 draws there, not 1, and results do not shrink"
      ),
      ("centers: 3", "centers: 4", "lesion/patch is "),
      (
        "centers: 3", "centers: 3\n    seed: 5",
        "weights/zeroing/topographic has seed 0 there, not 5"
      ),
      ("epsilons: [0.1]", "epsilons: [0.2]", "adversarial/pgd-linf has severity 0.1 there"),
      ("subset: 10", "subset: 11", "adversarial/pgd-linf uses 10 images there, not 11"),
      ("subset: 12", "subset: 11", "it uses 12 images, not 11"),
      ("[organization, units,", "[organization,", "it has analysis/units, which is not asked for"),
      (
        "[zeroing, lesion/patch]", "[zeroing, stimulation/patch]",
        "it has lesion/patch, which is not asked for"
      ),
    ] {
      let said = message {
        try run([0, 3], [(old, new)]).run(in: small, device: device, resume: true)
      }
      #expect(said.contains("already holds another suite (\(reason)"), "\(said)")
      #expect(
        said.contains(
          "and --resume adds only networks, epochs, perturbations, severities and draws; choose"),
        "\(said)")
    }
    let fewer = message { try run([0, 1]).run(in: small, device: device, resume: true) }
    #expect(
      fewer.contains(
        "it evaluates control/seed-0 and 1 more, but control/seed-10 is not among the networks now"),
      "\(fewer)")
    #expect(try SmallStudy.files(small) == before)
  }
}
