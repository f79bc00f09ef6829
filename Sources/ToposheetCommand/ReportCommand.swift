import ArgumentParser
import Foundation
import Toposheet

/// Writes the report of studies.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a report of studies: verdicts, figures, tables, methods.",
    usage: "toposheet report <dir> ... [--out <folder>]",
    discussion: """
      DIR is the --out folder of train, run or evaluate. Several folders are joined: the networks \
      of one data set are compared together, and those of two data sets never are. The report is \
      report.html, one page that needs no network, and figures/, each figure as SVG and PDF with \
      its data as CSV. A folder of `evaluate --epoch 1,2` stands for its folders epoch-1, ...

      Examples:
        toposheet report runs/study
        toposheet report runs/mnist runs/mnist-eval runs/cifar10 --out runs/report
      """)

  @Argument(
    help: ArgumentHelp("Folders of results.", valueName: "dir"), completion: .directory)
  var folders: [String]

  @Option(
    help: ArgumentHelp(
      "Folder for the report; by default the first folder of results.", valueName: "folder"),
    completion: .directory)
  var out: String?

  func run() throws { try Self.write(folders, to: out) }

  /// Writes a report, and prints its notes, its place and how many rows have each verdict.
  /// - Parameter out: its folder; the first of `folders` by default.
  /// - Throws: `UserError`.
  static func write(_ folders: [String], to out: String? = nil) throws {
    let began = ContinuousClock.now
    let output = URL(filePath: out ?? folders[0], directoryHint: .isDirectory)
    let report = try Report(
      folders: folders.map { URL(filePath: $0, directoryHint: .isDirectory) }, output: output,
      command: (["toposheet report"] + folders.map(Interruption.quoted)
        + (out.map { ["--out", Interruption.quoted($0)] } ?? [])).joined(separator: " "))
    try report.write(to: output)
    for note in report.notes { Terminal.error("note: \(note)") }
    let seconds = (ContinuousClock.now - began).seconds
    Terminal.print(
      "\(report.figureCount.counted("figure")), \(Readable.duration(seconds)): "
        + output.appending(path: Report.page).relativePath)
    Terminal.print(report.verdicts)
  }
}
