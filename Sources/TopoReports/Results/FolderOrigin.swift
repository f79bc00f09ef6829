import Foundation
import TopoEvaluation
import TopoFoundation

/// How the results of a folder were made, by what its JSON files say. Values that they do not have
/// are nil: reports do without them.
struct FolderOrigin: Sendable {
  /// Name of the device, and of its driver.
  var device: String?
  /// Version of the program.
  var version: String?
  /// The commit that the program was built from, if it is recorded.
  var commit: String?
  /// The commands of the processes that worked in the folder, in order, if they are recorded.
  var commands: [String]
  /// When they ran, in words, if it is recorded.
  var times: String?
  /// How far training is, in words.
  var state: String?
  /// Networks whose training stopped.
  var stopped: Int?
  /// Training.
  var trainingImages: Int?
  var batch: Int?
  var learningRate: Double?
  var trainingFraction: Double?
  var optimizer: String?
  /// The whole protocol of training; nil if `study.json` lacks a part of it.
  var training: TrainingProtocol?
  /// The images that networks were evaluated on.
  var images: EvaluatedImages
  /// Values of `metrics.json`.
  var provenance: [String: String]
  /// How many tasks of the evaluation are missing; nil if none is.
  var missingTasks: String?
  /// The perturbations and analyses that were evaluated.
  var items: [SuiteItem]

  init(_ folder: URL) {
    let study = JSONObject(folder.appending(path: "study.json"))
    let suite = JSONObject(folder.appending(path: "suite.json"))
    let progress = JSONObject(folder.appending(path: "progress.json"))
    let base = study ?? suite
    let names = [base?["device"]?.text("name"), base?["device"]?.text("driver")]
    device = names.compactMap { $0 }.isEmpty ? nil : names.compactMap { $0 }.joined(separator: ", ")
    version = base?.text("version")
    let processes =
      JSONObject(folder.appending(path: "provenance.json"))?.objects("processes") ?? []
    let commits = Set(processes.compactMap { $0.text("commit") })
    commit = commits.isEmpty ? nil : commits.sorted().joined(separator: ", ")
    commands = processes.compactMap { $0.text("command") }
    times = Self.times(processes)
    state = progress?.text("state")
    stopped = progress?.count("stopped")
    let identity = study?["identity"]
    trainingImages = identity?.number("images").map { Int($0) }
    let protocolValues = identity?["configuration"]
    batch = protocolValues?.number("batch").map { Int($0) }
    learningRate = protocolValues?.number("learningRate")
    trainingFraction = protocolValues?.number("trainingFraction")
    optimizer = protocolValues?["rule"]?.described
    training = TrainingProtocol(folder)
    provenance = RecordTable.provenance(of: folder.appending(path: "metrics.json"))
    let evaluated = EvaluatedSuite(folder)
    items = evaluated?.items ?? []
    images = Self.images(provenance, evaluated)
    if let tasks = EvaluatedSuite.tasks(in: folder), tasks.done < tasks.all {
      missingTasks = "\(tasks.done) of \(tasks.all.counted("task"))"
    }
  }

  private static func images(
    _ provenance: [String: String], _ suite: EvaluatedSuite?
  ) -> EvaluatedImages {
    let constants = provenance["normalization-mean"].map { mean in
      "mean \(mean), standard deviation "
        + (provenance["normalization-standard-deviation"] ?? "unknown")
    }
    return EvaluatedImages(
      split: provenance["split"] ?? suite?.data.split,
      count: provenance["images"].flatMap { Int($0) } ?? suite?.data.count,
      checksum: suite?.data.checksum, normalization: constants)
  }

  /// The images that values under a perturbation were measured on, of which there may be fewer.
  func images(under perturbation: String) -> EvaluatedImages {
    images.first(items.first { $0.label == perturbation }?.images)
  }

  /// `2026-11-28 03:00:00 to 2026-11-28 03:10:00 (UTC), 2 processes`
  private static func times(_ processes: [JSONObject]) -> String? {
    // The clock may have been set back between them.
    guard let first = processes.compactMap({ $0.text("began") }).min() else { return nil }
    let last = processes.compactMap { $0.text("ended") }.max()
    func short(_ time: String) -> String {
      String(time.prefix { $0 != "." && $0 != "Z" }).replacing("T", with: " ")
    }
    return short(first) + (last.map { " to \(short($0))" } ?? "") + " (UTC)"
      + (processes.count > 1 ? ", \(processes.count) processes" : "")
  }
}
