import ArgumentParser
import Foundation
import Toposheet

/// Prints the tables of a folder of results.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print the tables of a folder of results again.",
    discussion: """
      DIR is the --out folder of run, evaluate or train. The tables are made from metrics.csv, or \
      after training alone from progress.json, in the width of the terminal. DIR/tables.txt holds \
      them as the command wrote them.

      Examples:
        toposheet show runs/study
        toposheet show runs/ws-suite | less
      """)

  @Argument(help: ArgumentHelp("A folder of results.", valueName: "dir"), completion: .directory)
  var folder: String

  @OptionGroup var tables: TableOptions

  func run() throws {
    guard !folder.isEmpty else {
      throw UserError("DIR", "is empty; give the --out folder of run, evaluate or train")
    }
    let url = URL(filePath: folder, directoryHint: .isDirectory)
    try ResultsFolder.require(folder, of: "run, evaluate or train")
    func holds(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: url.appending(path: name).path)
    }
    if holds("metrics.csv") {
      return try ResultTables(of: url, includesDead: tables.includeDead).present()
    }
    let epochs = EpochFolders.all(in: url)
    if !epochs.isEmpty {
      for (index, entry) in epochs.enumerated() {
        Terminal.print((index > 0 ? "\n" : "") + "Epoch \(entry.epoch)\n")
        let metrics = entry.url.appending(path: "metrics.csv")
        guard FileManager.default.fileExists(atPath: metrics.path) else {
          Terminal.print("No results yet.")
          continue
        }
        try ResultTables(of: entry.url, includesDead: tables.includeDead).present()
      }
      return
    }
    guard holds("progress.json") else {
      throw UserError(
        folder,
        holds("suite.json") || holds("study.json")
          ? "holds no results yet; continue it with the command that began it, and --resume"
          : "holds no metrics.csv nor progress.json; give the --out folder of run, evaluate or "
            + "train")
    }
    let progress = try StudyFolder.progress(in: url)
    try TrainingTable(progress).present()
    for member in progress.stopped { Terminal.print(member.sentence) }
    if !progress.finished { Terminal.print("Not done: \(progress.state).") }
  }
}
