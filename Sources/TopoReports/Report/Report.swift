import Foundation
import TopoEvaluation
import TopoFoundation

/// A report of studies: one page that needs neither the network nor other files, and its figures as
/// files.
///
/// ```swift
/// let report = try Report(folders: [URL(filePath: "runs/study")])
/// try report.write(to: URL(filePath: "runs/study"))
/// ```
public struct Report {
  /// The page.
  public let html: String
  /// How many figures it has.
  public let figureCount: Int
  /// How many rows of the verdict table have each verdict, such as `supported 5, undecided 2`.
  public let verdicts: String
  /// What could not be drawn, a sentence for each study.
  public let notes: [String]
  private let files: [FigureFolder.File]

  /// Names of what `write` leaves.
  public static let page = "report.html"
  /// The folder of figures.
  public static let figures = "figures"

  /// Reads folders of `train`, `run` and `evaluate`, and joins the networks of each data set.
  /// - Parameters:
  ///   - folders: one at least.
  ///   - output: where the report will be; for the addresses of pages beside the results.
  ///   - command: the command that makes this report, as the page shows it.
  /// - Throws: `UserError` if a folder holds no results, a file is damaged, or two folders have
  ///   different values of the same network.
  public init(folders: [URL], output: URL, command: String = "toposheet report") throws {
    precondition(!folders.isEmpty, "a report is about a folder")
    let joined = try JoinedResults(folders)
    let table = VerdictTable(joined.studies)
    let names = StudyText.names(joined.studies)
    let text = VerdictText(
      table: table,
      names: joined.studies.count > 1
        ? Dictionary(uniqueKeysWithValues: zip(joined.studies.map(\.setting), names)) : [:])
    let missing = UnmeasuredClaims(table, folders: joined.folders)
    let reproductions = Self.reproductions(joined.folders)
    var files = [FigureFolder.File(name: "verdicts.csv", bytes: Array(table.csv.utf8))]
    var notes: [String] = []
    var count = 0
    let studies = zip(joined.studies, names).map { study, name in
      let id = StudyText.identifier(name)
      let (figures, missing) = FigureCatalog.figures(of: study)
      count += figures.count
      for figure in figures {
        files.append(.init(name: "\(id)-\(figure.name).svg", bytes: Array(figure.svg.utf8)))
        files.append(.init(name: "\(id)-\(figure.name).pdf", bytes: figure.pdf))
        files.append(.init(name: "\(id)-\(figure.name).csv", bytes: Array(figure.csv.utf8)))
      }
      let tables = MeasureTables(study)
      files.append(.init(name: "\(id)-measures.csv", bytes: Array(tables.csv.utf8)))
      let left =
        (study.families.isEmpty ? "Figures over lambda need networks with a penalty. " : "")
        + Self.note(missing)
      if !missing.isEmpty {
        notes.append(
          "\(name): \(missing.count.counted("figure")) of \(FigureCatalog.all.count) could not be "
            + "drawn; the page says what each needs")
      }
      return Self.study(study, name: name, id: id, figures, left, tables.tables)
    }
    var datasets: [String] = []
    for study in joined.studies where !datasets.contains(study.setting.dataset) {
      datasets.append(study.setting.dataset)
    }
    for folder in joined.leftOut {
      notes.append(
        "\(folder.relativePath): the evaluation of this epoch has no metrics.csv yet, so it is not "
          + "in the report; continue it with --resume")
    }
    for folder in joined.folders {
      guard let tasks = folder.origin.missingTasks else { continue }
      notes.append(
        "\(folder.url.relativePath): the evaluation has not ended (\(tasks)); the report has what "
          + "is in metrics.csv")
    }
    let page = ReportPage(
      title:
        "Topographic networks on \(datasets.listed())", paper: PaperClaims.source,
      tally: text.tally, verdictImages: text.images,
      reductions: ReducedPlan.sentences(joined.folders), studies: studies, verdicts: text.rows,
      hasVerdicts: !text.rows.isEmpty, unmeasuredSummary: missing.summary,
      unmeasured: missing.groups, measure: missing.commands,
      hasUnmeasured: !missing.groups.isEmpty, rule: VerdictText.rule,
      methods: MethodsText(studies: joined.studies).paragraphs.filter { !$0.isEmpty },
      methodTables: MethodsText.tables(joined.folders),
      folders: zip(joined.folders, reproductions).enumerated().map { index, entry in
        Self.folder(entry.0, entry.1, planFile: Self.planFile(index, joined.folders), output)
      }, reportAgain: Reproduction.report(reproductions), command: command)
    html = try page.html()
    verdicts = text.tally
    (figureCount, self.files, self.notes) = (count, files, notes)
  }

  /// Writes `report.html` and the files of `figures`, each completely or not at all. The folder is
  /// made if it does not exist. Figures of an earlier report that this one does not have are removed;
  /// other files stay.
  /// - Throws: `UserError` if they cannot be written.
  public func write(to folder: URL) throws {
    try FigureFolder(folder.appending(path: Self.figures)).write(files)
    try AtomicFile.write(html, to: folder.appending(path: Self.page))
  }

  private static func study(
    _ study: StudyResults, name: String, id: String, _ figures: [Figure], _ missing: String,
    _ tables: [ReportPage.Table]
  ) -> ReportPage.Study {
    let text = StudyText(study: study)
    return ReportPage.Study(
      id: id, name: name, heading: text.heading, paragraphs: text.paragraphs,
      undefined: study.undefined.map {
        .init(measure: $0.measure, count: $0.count, reason: $0.reason)
      }, undefinedSummary: text.undefinedSummary,
      figures: figures.map { figure in
        let legend = figure.themedLegend.map { ReportPage.Entry(svg: $0.svg, name: $0.name) }
        return ReportPage.Picture(
          id: "\(id)-\(figure.name)", file: "\(id)-\(figure.name)", title: figure.title,
          caption: figure.caption, columns: figure.columns,
          least: Int(min(FigureDrawing.largest(figure).x, 250)), panels: figure.themedPanels,
          legend: legend, hasLegend: !legend.isEmpty)
      }, missing: missing, tables: tables, hasUndefined: !study.undefined.isEmpty)
  }

  private static func note(_ missing: [FigureCatalog.Entry]) -> String {
    guard !missing.isEmpty else { return "" }
    var needs: [String] = []
    for entry in missing where !needs.contains(entry.needs) { needs.append(entry.needs) }
    return "Without data, so not drawn: "
      + needs.map { need in
        missing.filter { $0.needs == need }.map(\.title).joined(separator: ", ")
          + " (needs \(need))"
      }.joined(separator: "; ") + "."
  }

  /// The name for the plan of a folder: `plan.yaml`, with a number if several folders have plans.
  private static func planFile(_ index: Int, _ folders: [ResultFolder]) -> String {
    folders.count { $0.plan != nil } > 1
      ? "plan-\(folders[...index].count { $0.plan != nil }).yaml" : "plan.yaml"
  }

  private static func reproductions(_ folders: [ResultFolder]) -> [Reproduction] {
    let paths = folders.map(\.url.relativePath)
    let copies = Dictionary(
      paths.map { ($0, Reproduction.copy(of: $0)) }, uniquingKeysWith: { first, _ in first })
    return folders.enumerated().map { index, folder in
      Reproduction(folder, planFile: planFile(index, folders), copies: copies)
    }
  }

  private static func folder(
    _ folder: ResultFolder, _ commands: Reproduction, planFile: String, _ output: URL
  ) -> ReportPage.Folder {
    let origin = folder.origin
    var lines: [String] = []
    if let version = origin.version {
      lines.append(
        "Made by toposheet \(version)" + (origin.commit.map { ", commit \($0)" } ?? "")
          + (origin.device.map { ", on \($0)" } ?? "") + ".")
    }
    if let times = origin.times { lines.append("Computed \(times).") }
    if let state = origin.state { lines.append("Training: \(state).") }
    if let tasks = origin.missingTasks {
      lines.append("The evaluation has not ended: \(tasks) are done.")
    }
    if let digest = folder.planDigest { lines.append("SHA-256 of plan.yaml: \(digest)") }
    let pages = folder.pages.map { name in
      ReportPage.Link(
        address: relative(folder.url.appending(path: name), from: output), name: name)
    }
    return ReportPage.Folder(
      path: folder.url.relativePath, lines: lines, made: commands.made, again: commands.again,
      how: commands.how, plan: folder.plan, planFile: planFile, pages: pages,
      hasPages: !pages.isEmpty)
  }

  /// The address of a file for a page in a folder.
  static func relative(_ file: URL, from folder: URL) -> String {
    let target = file.standardizedFileURL.pathComponents
    let base = folder.standardizedFileURL.pathComponents
    let shared = zip(target, base).prefix { $0 == $1 }.count
    let parts =
      [String](repeating: "..", count: base.count - shared) + target.dropFirst(shared)
    return parts.map {
      $0.addingPercentEncoding(
        withAllowedCharacters: .urlPathAllowed.subtracting(CharacterSet(charactersIn: ":"))) ?? $0
    }.joined(separator: "/")
  }
}
