import Foundation
import TopoData
import TopoFoundation

/// What `evaluation.json` holds: what the metrics of a study come from. It is written before them.
struct EvaluationRecord: Sendable, Hashable, Codable {
  /// Noises by name, in the order of the metrics; levels, draws and seed where there are any.
  var noises: [String]
  var levels: [Double]
  var draws: Int
  var seed: UInt64
  var normalization: String
  var images: Int
  /// CRC-32 of images and labels.
  var checksum: UInt32

  /// The record of a plan's evaluation on so many images, with a checksum of them.
  init(_ plan: Plan.EvaluationPlan, images: Int, checksum: UInt32) {
    let noise = plan.noise
    let isClean = noise.noises.isEmpty
    noises = noise.noises.map(\.label)
    levels = isClean ? [] : noise.levels
    draws = isClean ? 0 : noise.draws
    seed = isClean ? 0 : noise.seed
    normalization = "\(plan.normalization)"
    (self.images, self.checksum) = (images, checksum)
  }

  /// The options of `toposheet evaluate` that ask for it, beside the data: ` --noise white ...`.
  /// - Parameter all: how many images there are.
  func options(of all: Int) -> String {
    var options: [String] = []
    if !noises.isEmpty {
      options += [
        "--noise", noises.joined(separator: ","), "--levels",
        levels.map { "\($0)" }.joined(separator: ","), "--draws", "\(draws)",
      ]
      if seed != 0 { options += ["--noise-seed", "\(seed)"] }
    }
    if images != all { options += ["--subset", "\(images)"] }
    if normalization != "\(NormalizationChoice.automatic)" {
      options += ["--normalization", normalization]
    }
    return options.map { " " + $0 }.joined()
  }

  /// How this differs from another one, to which it may be the same but for the order of noises;
  /// nil where it does not.
  func difference(from wanted: EvaluationRecord) -> String? {
    func list(_ items: [some CustomStringConvertible]) -> String {
      items.isEmpty ? "none" : items.map(\.description).joined(separator: ",")
    }
    if Set(noises) != Set(wanted.noises) {
      return "noise \(list(noises)), not \(list(wanted.noises))"
    }
    if levels != wanted.levels { return "levels \(list(levels)), not \(list(wanted.levels))" }
    if draws != wanted.draws { return "\(draws.counted("draw")), not \(wanted.draws)" }
    if seed != wanted.seed { return "noise-seed \(seed), not \(wanted.seed)" }
    if normalization != wanted.normalization {
      return "normalization \(normalization), not \(wanted.normalization)"
    }
    if images != wanted.images { return "\(images.counted("image")), not \(wanted.images)" }
    return checksum == wanted.checksum ? nil : "other images"
  }
}

extension EvaluationRecord {
  private static func url(_ folder: URL) -> URL { folder.appending(path: "evaluation.json") }

  /// Whether metrics say that a plan left them: `toposheet evaluate` may have been given the folder.
  /// Where a process is killed between the two files, `metrics.json` is there.
  private static func isOfPlan(_ folder: URL) -> Bool {
    let bytes = (try? FileContents.read(folder.appending(path: "metrics.json"))) ?? []
    // The provenance comes first.
    return String(decoding: bytes.prefix(10_000), as: UTF8.self).contains("\n    \"study\": \"")
  }

  /// Keeps the record in a folder.
  /// - Throws: `UserError`.
  func write(to folder: URL) throws {
    try AtomicFile.write(try StudyJSON.encodeSealed(self), to: Self.url(folder))
  }

  /// What the metrics that a folder holds come from; nil where there are none.
  /// - Parameters:
  ///   - wanted: the evaluation to compare with what an earlier version left.
  ///   - all: how many images there are, of which it may be of the first.
  /// - Throws: `UserError` where that cannot be told.
  static func read(_ folder: URL, wanted: EvaluationRecord, of all: Int) throws -> EvaluationRecord?
  {
    func exists(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: folder.appending(path: name).path)
    }
    let metrics = ["metrics.csv", "metrics.json"].filter(exists)
    guard let first = metrics.first else { return nil }
    let remedy =
      "move \(metrics.joined(separator: " and ")) out of the folder, and go on with --resume"
    // The record of an evaluation stays where its metrics were moved away and others came.
    guard isOfPlan(folder), exists("evaluation.json") || exists("plan.yaml") else {
      throw UserError(
        "\(folder.appending(path: first).path): is there already and not of this plan; \(remedy)")
    }
    guard exists("evaluation.json") else {
      // Earlier versions kept the plan alone.
      let plan = try Plan(contentsOf: folder.appending(path: "plan.yaml"))
      return EvaluationRecord(
        plan.evaluation, images: plan.evaluation.subset ?? all, checksum: wanted.checksum)
    }
    return try StudyJSON.read(EvaluationRecord.self, from: url(folder), remedy: remedy)
  }
}
