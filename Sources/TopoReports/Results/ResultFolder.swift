import Foundation
import TopoAnalysis
import TopoEvaluation
import TopoFoundation

/// What a folder of `train`, `run` or `evaluate` holds, as far as a report needs it.
struct ResultFolder: Sendable {
  let url: URL
  /// The rows of `metrics.csv`.
  let records: [Record]
  /// `training.csv`
  let training: ColumnTable?
  /// `measures-by-epoch.csv`
  let epochs: ColumnTable?
  /// `similarities-by-condition.csv`
  let similarities: ColumnTable?
  /// `ensembles.csv`
  let ensembles: ColumnTable?
  /// `units.csv`
  let units: ColumnTable?
  /// Tables of `analyses/` that figures show, by name.
  let curves: [String: ColumnTable]
  /// `plan.yaml`
  let plan: String?
  /// The SHA-256 digest of the bytes of `plan.yaml`.
  let planDigest: String?
  /// What `study.json`, `suite.json` and `metrics.json` say.
  let origin: FolderOrigin
  /// Names of HTML files beside the results, such as atlases.
  let pages: [String]

  /// Tables of curves that figures show.
  static let curveNames = [
    "correlation-histogram", "correlation-by-distance", "experts-by-threshold",
    "bar-orientation-histogram", "grating-orientation-histogram", "aperture-profile",
    "gradient-profile", "spot-profile", "eigenvalues",
  ]

  /// What figures show of `units.csv`, which has many columns.
  private static let unitColumns: Set<String> = [
    "dataset", "architecture", "sheet", "condition", "seed", "epoch", "row", "column",
    "preferred-class", "bar-orientation",
  ]

  /// Reads a folder.
  /// - Throws: `UserError` if it does not exist, has neither results nor training, or if one of its
  ///   files is damaged.
  init(_ url: URL) throws {
    self.url = url
    try ResultsFolder.require(url.path, of: "train, run or evaluate")
    let metrics = url.appending(path: "metrics.csv")
    let hasMetrics = FileManager.default.fileExists(atPath: metrics.path)
    // How sheets were looked at is no result.
    records =
      hasMetrics
      ? try RecordTable(csv: metrics).records.filter {
        $0.measure != OrganizationAnalysis.wrapsMeasure.name
      } : []
    func table(_ name: String) throws -> ColumnTable? {
      try ColumnTable(url.appending(path: name))
    }
    training = try table("training.csv")
    guard hasMetrics || training != nil else {
      throw UserError(url, Self.obstacle(url))
    }
    epochs = try table("measures-by-epoch.csv")
    similarities = try table(FindingsTables.summaries)
    ensembles = try table(EnsembleFile.name)
    units = try ColumnTable(
      url.appending(path: FindingsTables.units), keeping: Self.unitColumns)
    let folder = FindingsTables.folder
    curves = try Dictionary(
      uniqueKeysWithValues: Self.curveNames.compactMap { name in
        try table("\(folder)/\(name).csv").map { (name, $0) }
      })
    let planFile = url.appending(path: "plan.yaml")
    let bytes =
      FileManager.default.fileExists(atPath: planFile.path) ? try FileContents.read(planFile) : nil
    plan = bytes.map { String(decoding: $0, as: UTF8.self) }
    planDigest = bytes.map(SHA256.hex)
    origin = FolderOrigin(url)
    pages =
      ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).filter {
        $0.hasSuffix(".html") && $0 != "report.html"
      }.sorted()
  }

  /// Why a folder has no results.
  private static func obstacle(_ url: URL) -> String {
    func has(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: url.appending(path: name).path)
    }
    if has("shards") {
      return "holds shards that are not put together; once all are done, put them together by "
        + "toposheet run PLAN --out \(ShellWord.quoted(url.relativePath)) --resume"
    }
    if has("suite.json"), let done = EvaluatedSuite.tasks(in: url) {
      return "holds an evaluation that has not ended (\(done.done) of "
        + "\(done.all.counted("task"))); continue it with --resume"
    }
    if has("study.json") {
      return "holds a study whose training has not ended; continue it with --resume"
    }
    return "holds neither metrics.csv nor training.csv; give the --out folder of train, run or "
      + "evaluate"
  }
}
