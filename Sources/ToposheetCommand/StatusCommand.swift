import ArgumentParser
import Foundation
import Toposheet

/// Reports how far a study or an evaluation is.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Report how far a study or an evaluation is, also while it runs.",
    discussion: """
      DIR is the --out folder of run, train or evaluate. Its records are read without a lock, from \
      any machine that sees the folder: networks and epochs done, the last losses, accuracies and \
      Moran's I of each condition, tasks of the evaluation, whether a process is at work, and what \
      to do next. Figures are means over the networks of a condition.

      Examples:
        toposheet status runs/study
        toposheet status runs/study --json | jq .networks
        watch toposheet status runs/study
      """)

  @Argument(
    help: ArgumentHelp("A folder of a study or an evaluation.", valueName: "dir"),
    completion: .directory)
  var folder: String

  @Flag(help: "Print JSON, with the keys that docs/files.md lists.")
  var json = false

  func run() throws {
    guard !folder.isEmpty else {
      throw UserError("DIR", "is empty; give the --out folder of run, train or evaluate")
    }
    let url = URL(filePath: folder, directoryHint: .isDirectory)
    let epochs = EpochFolders.all(in: url)
    guard !epochs.isEmpty else { return try report(StudyStatus(of: url)) }
    if json, let obstacle = EpochFolders.obstacle(of: url) { throw UserError(folder, obstacle) }
    for (index, entry) in epochs.enumerated() {
      if index > 0 { Terminal.print("") }
      Terminal.print("Epoch \(entry.epoch)")
      try report(StudyStatus(of: entry.url))
    }
  }

  private func report(_ status: StudyStatus) throws {
    if json { return Terminal.print(String(decoding: try status.json(), as: UTF8.self)) }
    let report = StatusReport(status)
    Terminal.print(report.heading)
    if let table = report.table {
      Terminal.print("")
      Terminal.print(table, keys: 1)
      Terminal.print("")
    }
    Terminal.print(report.ending)
  }
}
