import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoEvaluation
import TopoFoundation
import TopoNetworks
import TopoPerturbations
import TopoSheets

@testable import TopoStudies

/// Suites in a folder, with interruptions.
@Suite("Runs of suites", .serialized) struct SuiteRunTests {
  let temporary: TemporaryFolder
  let device: any Device

  init() throws {
    temporary = try TemporaryFolder()
    device = try CPUDevice(threads: 2)
  }

  private static let parts = """
    name: mine
    subset: 12
    parts:
      - images: [white, corruption/fog]
        severities: [1]
        draws: 2
      - suite: corruptions
        severities: [3]
      - weights: [zeroing, lesion/patch]
        severities: 0.5
        draws: 2
        centers: 3
      - adversarial: [fgsm, pgd-linf]
        epsilons: [0.1, 0.2]
        subset: 10
    """

  /// Five networks of two architectures, whose sheets have more centers of patches than are asked
  /// for, and fewer; two are controls.
  static func models() throws -> [EvaluatedModel] {
    let dataset = SmallStudy.dataset
    let conditions: [Penalty] = [.control, .control, .weightSimilarity(lambda: 1)]
    return try ["mnist", "cifar10"].flatMap { name in
      let architecture = try Architecture.preset(
        name, input: dataset.shape,
        sheet: name == "mnist" ? Sheet(rows: 3, columns: 4) : Sheet(rows: 1, columns: 2),
        classes: dataset.classes)
      return conditions.enumerated().prefix(name == "mnist" ? 3 : 2).map { index, condition in
        let seed = UInt64(index + (name == "mnist" ? 0 : 10))
        return EvaluatedModel(
          penalty: condition, seed: seed, trainedOn: nil,
          network: Initialization.pytorchDefault(architecture, seed: seed))
      }
    }
  }

  private func run(
    _ models: [EvaluatedModel]? = nil, _ change: (String) -> String = { $0 }
  ) throws -> SuiteRun {
    let dataset = SmallStudy.dataset
    return try SuiteRun(
      suite: try SuiteDescription(yaml: change(Self.parts), file: "suite.yaml").suite(
        .small, shape: dataset.shape),
      models: try models ?? Self.models(), images: dataset.test, dataset: dataset.name,
      normalization: dataset.normalization)
  }

  @Test("a run leaves records, provenance and confusion") func aRunLeavesEverything() throws {
    let folder = temporary.url.appending(path: "run")
    var seen: [TopoEvaluation.Suite.Progress] = []
    let records = try run().run(in: folder, device: device, resume: false) {
      if case .progress(let progress) = $0 { seen.append(progress) }
    }
    for model in try Self.models() {
      let patches = records.filter {
        $0.seed == model.seed && $0.condition == model.condition && $0.measure == "accuracy"
          && $0.perturbation == "lesion/patch" && $0.severity == 0.5
      }
      #expect(patches.count == min(3, model.network.architecture.sheet.units))
    }
    // Clean; two draws of white; fog, once; fog and two of snow at 3... as listed below.
    let tasks = [
      "clean", "white 1.0", "white 1.0, draw 1", "corruption/fog 1.0", "corruption/snow 3.0",
      "corruption/fog 3.0", "weights/zeroing/topographic 0.0", "weights/zeroing/topographic 0.5",
      "lesion/patch 0.0", "lesion/patch 0.5", "adversarial/fgsm 0.1", "adversarial/fgsm 0.2",
      "adversarial/pgd-linf 0.1", "adversarial/pgd-linf 0.2",
    ]
    #expect(Set(seen.map(\.task)) == Set(tasks))
    #expect(seen.map(\.done) == seen.map(\.done).sorted() && seen.last?.done == tasks.count)
    #expect(seen.allSatisfy { $0.all == tasks.count })
    #expect(seen.dropFirst(3).allSatisfy { ($0.secondsLeft ?? -1) >= 0 })
    let files = try SmallStudy.files(folder)
    #expect(
      Set(files.keys)
        == Set(
          ["suite.json", "metrics.csv", "metrics.json", "confusion.csv"]
            + (1...tasks.count).flatMap { ["tasks/\($0).csv", "tasks/\($0)-confusion.csv"] }))

    // Every accuracy once: of weights with two draws and three centers, of which two networks have
    // two, of attacks also epsilon 0.
    let accuracies = records.filter { $0.measure == MeasureName.accuracy }
    #expect(accuracies.count == 5 * (tasks.count + 1 + 2 + 2) - 2)
    #expect(records.count { $0.measure == MeasureName.inputGradientNorm } == 5)
    #expect(records.count { $0.measure == MeasureName.weightNorm } == 5)
    // White, both perturbations of weights, and both attacks.
    #expect(records.count { $0.measure == MeasureName.areaUnderAccuracy } == 5 * 5)
    #expect(records.count { $0.measure == MeasureName.meanCorruptionError } == 5)
    let keys = records.map {
      "\($0.condition) \($0.seed) \($0.measure) \($0.perturbation) \($0.severity) \($0.draw)"
    }
    #expect(Set(keys).count == keys.count)

    // Confusion matrices count the images, and their diagonals say the accuracies.
    let rows = try String(contentsOf: folder.appending(path: "confusion.csv"), encoding: .utf8)
      .components(separatedBy: "\r\n").dropLast().map { $0.components(separatedBy: ",") }
    #expect(rows[0] == ConfusionRecord.columns)
    let isOfWeights = { (name: String) in
      name.hasPrefix("weights/") || name.hasPrefix("lesion/")
    }
    for record in accuracies where !isOfWeights(record.perturbation) {
      let own = rows.filter {
        $0[1] == record.condition && $0[2] == "\(record.seed)" && $0[3] == record.perturbation
          && $0[4] == "\(record.severity)" && $0[5] == "\(record.draw)"
      }
      let count = own.compactMap { Int($0[8]) }.reduce(0, +)
      let right = own.filter { $0[6] == $0[7] }.compactMap { Int($0[8]) }.reduce(0, +)
      #expect(count == (record.perturbation.hasPrefix("adversarial/") ? 10 : 12))
      #expect(record.value == .value(Double(right) / Double(count)))
    }
  }

  /// Without a folder, and each part alone: the same records.
  @Test("every road gives the same records") func everyRoadGivesTheSameRecords() throws {
    let folder = temporary.url.appending(path: "run")
    let models = try Self.models()
    let records = try run(models).run(in: folder, device: device, resume: false)
    #expect(try run(models).run(device: device) == records)
    for parts in [[0, 1], [2], [3]] {
      let text = Self.parts.components(separatedBy: "  - ")
      let own = text[0] + parts.map { "  - " + text[$0 + 1] }.joined()
      let alone = try run(models) { _ in own }.run(device: device)
      let missing = Set(alone).subtracting(records).filter {
        // They belong to the first part of their kind.
        ![MeasureName.weightNorm, MeasureName.inputGradientNorm].contains($0.measure)
      }
      #expect(missing.isEmpty, "\(missing.prefix(3))")
    }
  }

  /// Killed after each task: the folder is a copy of what lay there then.
  @Test("interrupted runs resume to the same bytes") func interruptedRunsGoOnToTheSameBytes() throws
  {
    let unbroken = temporary.url.appending(path: "unbroken")
    var copies: [Int: URL] = [:]
    try run().run(in: unbroken, device: device, resume: false) { event in
      guard case .progress(let progress) = event, copies[progress.done] == nil else { return }
      let copy = temporary.url.appending(path: "after-\(progress.done)")
      try? FileManager.default.copyItem(at: unbroken, to: copy)
      copies[progress.done] = copy
    }
    let wanted = try SmallStudy.files(unbroken)
    #expect(copies.count == 15)
    for (done, copy) in copies {
      // What a process leaves that is killed while it writes.
      try Data("half".utf8).write(to: copy.appending(path: "tasks/.3.csv.1.2.partial"))
      var resumed = -1
      try run().run(in: copy, device: device, resume: true) {
        if case .resumed(let count, _) = $0 { resumed = count }
      }
      #expect(resumed == done)
      #expect(try SmallStudy.files(copy) == wanted, "after \(done)")
    }
  }

  @Test("folders of other evaluations are refused") func folders() throws {
    let folder = temporary.url.appending(path: "run")
    let small: (String) -> String = {
      $0.components(separatedBy: "  - suite").first ?? $0
    }
    try run(nil, small).run(in: folder, device: device, resume: false)
    func refusal(
      _ models: [EvaluatedModel]? = nil, resume: Bool = true, _ change: (String) -> String = { $0 }
    ) -> String {
      message {
        try run(models) { change(small($0)) }.run(in: folder, device: device, resume: resume)
      }
    }
    #expect(refusal(resume: false).contains("add --resume to continue it"))
    #expect(refusal() == "no error")
    let other = { (old: String, new: String) in
      { (text: String) in text.replacingOccurrences(of: old, with: new) }
    }
    #expect(refusal(nil, other("name: mine", "name: yours")).contains("no error"))
    #expect(
      refusal(nil, other("draws: 2", "draws: 1")).contains("white has 2 draws there, not 1, and"))
    #expect(refusal(nil, other("subset: 12", "subset: 11")).contains("it uses 12 images, not 11"))
    let models = try Self.models()
    #expect(
      refusal(Array(models.dropLast())).contains(
        "it evaluates control/seed-0 and 4 more, but control/seed-11 is not among the networks"))
    var changed = models
    var values = changed[1].network.tensors[0]
    values[0] += 1
    changed[1].network.replace(0, with: values)
    #expect(refusal(changed).contains("the network control/seed-1 has other parameters"))
    #expect(refusal().contains("no error"))
    #expect(
      message { _ = try run(models + [models[0]]) }.contains(
        "two networks are called control/seed-0"))

    // A folder of other things.
    let full = temporary.url.appending(path: "full")
    try FileManager.default.createDirectory(at: full, withIntermediateDirectories: true)
    try Data("x".utf8).write(to: full.appending(path: "file"))
    let said = message { try run(nil, small).run(in: full, device: device, resume: true) }
    #expect(said.contains("the folder is not empty and holds no suite"), "\(said)")
  }

  @Test("damaged tasks are named") func damagedTasksAreNamed() throws {
    let folder = temporary.url.appending(path: "run")
    try run().run(in: folder, device: device, resume: false)
    let unit = folder.appending(path: "tasks/2.csv")
    let text = try String(contentsOf: unit, encoding: .utf8)
    try Data(text.replacingOccurrences(of: "accuracy,white,1.0", with: "accuracy,white,x").utf8)
      .write(to: unit)
    let sentence = "\(unit.path): is not as it was written, or a file of the same task beside it"
    func refused() -> Bool {
      let said = message { try run().run(in: folder, device: device, resume: true) }
      return said.hasPrefix(sentence) && said.contains("remove it and continue with --resume")
    }
    #expect(refused())
    // A row that is missing, at the end or within; matrices that are missing.
    let lines = text.components(separatedBy: "\r\n")
    try Data(lines.prefix(3).joined(separator: "\r\n").utf8).write(to: unit)
    #expect(refused())
    try Data((lines.prefix(2) + lines.dropFirst(3)).joined(separator: "\r\n").utf8).write(to: unit)
    #expect(refused())
    try Data(text.utf8).write(to: unit)
    let matrices = folder.appending(path: "tasks/2-confusion.csv")
    let counts = try Data(contentsOf: matrices)
    try (counts + Data("x".utf8)).write(to: matrices)
    #expect(refused())
    try FileManager.default.removeItem(at: matrices)
    #expect(refused())
    try FileManager.default.removeItem(at: unit)
    try run().run(in: folder, device: device, resume: true)
    #expect(try String(contentsOf: unit, encoding: .utf8) == text)
  }

  /// The same perturbations, divided into parts otherwise: tasks have other numbers then.
  @Test("other parts of the same perturbations are refused, not mixed up")
  func otherParts() throws {
    let joined =
      "  - weights: [zeroing, pruning]\n    severities: 0.5\n    draws: 2\n"
      + "  - weights: multiplicative\n    severities: 0.5\n    draws: 2\n"
    let divided =
      "  - weights: [zeroing, multiplicative]\n    severities: 0.5\n    draws: 2\n"
      + "  - weights: pruning\n    severities: 0.5\n    draws: 2\n"
    func text(_ parts: String) -> String {
      "name: mine\nsubset: 12\nparts:\n" + parts.replacing("    draws: 2\n", with: "")
    }
    let folder = temporary.url.appending(path: "run")
    try run(nil) { _ in text(joined) }.run(in: folder, device: device, resume: false)
    let before = try SmallStudy.files(folder)
    let said = message {
      try run(nil) { _ in text(divided) }.run(in: folder, device: device, resume: true)
    }
    #expect(said.contains("its perturbations divided into other parts"), "\(said)")
    #expect(try SmallStudy.files(folder) == before)
    // The same order after all.
    let same = joined.replacing("[zeroing, pruning]", with: "[pruning, zeroing]")
    try run(nil) { _ in text(same) }.run(in: folder, device: device, resume: true)
    #expect(try SmallStudy.files(folder) == before)
    // A task's file in the place of another one.
    let (two, three) = (
      folder.appending(path: "tasks/2.csv"), folder.appending(path: "tasks/3.csv")
    )
    try Data(contentsOf: two).write(to: three)
    try Data(contentsOf: folder.appending(path: "tasks/2-confusion.csv"))
      .write(to: folder.appending(path: "tasks/3-confusion.csv"))
    let swapped = message {
      try run(nil) { _ in text(joined) }.run(in: folder, device: device, resume: true)
    }
    #expect(swapped.hasPrefix("\(three.path): is not as it was written"), "\(swapped)")
  }

  @Test("a network that is called otherwise in results is another one")
  func otherIdentities() throws {
    let folder = temporary.url.appending(path: "run")
    let small: (String) -> String = { $0.components(separatedBy: "  - suite").first ?? $0 }
    try run(nil, small).run(in: folder, device: device, resume: false)
    var models = try Self.models()
    models[1].identity.epoch = 7
    let said = message { try run(models, small).run(in: folder, device: device, resume: true) }
    #expect(said.contains("the network control/seed-1 has other epochs"), "\(said)")
  }

  /// Removed while it is in use: a sentence, and no half of it comes again.
  @Test("a folder that is removed ends the run") func aFolderThatIsRemovedEndsTheRun() throws {
    let folder = temporary.url.appending(path: "run")
    let said = message {
      try run().run(in: folder, device: device, resume: false) { event in
        guard case .progress(let progress) = event, progress.done == 2 else { return }
        try? FileManager.default.removeItem(at: folder)
      }
    }
    #expect(
      said.hasPrefix(
        "\(folder.path): the folder was removed or renamed while the suite was at work in it"),
      "\(said)")
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }

  @Test("a damaged description is named") func aDamagedDescriptionIsNamed() throws {
    let folder = temporary.url.appending(path: "run")
    let small: (String) -> String = { $0.components(separatedBy: "  - suite").first ?? $0 }
    try run(nil, small).run(in: folder, device: device, resume: false)
    let place = folder.appending(path: "suite.json")
    let whole = try Data(contentsOf: place)
    for count in [0, 1, whole.count / 3, whole.count - 2] {
      try whole.prefix(count).write(to: place)
      let said = message { try run(nil, small).run(in: folder, device: device, resume: true) }
      #expect(said.hasPrefix("\(place.path): cannot be understood ("), "\(said)")
      #expect(said.hasSuffix("or begin the suite anew in another folder with --out"), "\(said)")
    }
    let text = String(decoding: whole, as: UTF8.self)
    for (old, new) in [("\"count\" : 12", "\"count\" : 13"), ("fog", "fig")] {
      try Data(text.replacingOccurrences(of: old, with: new).utf8).write(to: place)
      let said = message { try run(nil, small).run(in: folder, device: device, resume: true) }
      #expect(
        said.hasPrefix("\(place.path): is not as it was written; restore it from a copy"),
        "\(said)")
    }
  }

  @Test("models that do not fit are refused") func modelsThatDoNotFitAreRefused() throws {
    let architecture = try Architecture.preset(
      "mnist", input: ImageShape(channels: 3, rows: 8, columns: 8),
      sheet: Sheet(rows: 3, columns: 4),
      classes: 10)
    let model = EvaluatedModel(
      penalty: .control, seed: 0, trainedOn: nil,
      network: Initialization.pytorchDefault(architecture, seed: 0))
    let said = message { _ = try run([model]) }
    #expect(said.contains("reads images of 3 channels, but those of made-up have 1"), "\(said)")
    #expect(message { _ = try run([]) }.contains("there is no network to evaluate"))
  }
}
