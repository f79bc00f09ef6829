import Foundation
import Toposheet

/// The last epoch's figures of each network, printed and written beside the networks.
struct TrainingTable {
  /// The table.
  let table: TextTable

  init(_ progress: StudyProgress) {
    let hasMeasures = progress.reports.contains { $0.measures?.moransI != nil }
    var table = TextTable(
      [
        .init("network", .left), .init("cross-entropy", .right), .init("penalty", .right),
        .init("training %", .right), .init("validation %", .right),
      ] + (hasMeasures ? [.init("Moran's I", .right)] : []) + [.init("state", .left)])
    var last: [Member: Int] = [:]
    for report in progress.reports {
      last[report.member] = max(last[report.member] ?? 0, report.epoch)
    }
    for report in progress.reports where last[report.member] == report.epoch {
      let moransI = report.measures?.moransI
      let fields =
        [
          report.member.path, Readable.fixed(report.crossEntropy, 4),
          Readable.fixed(report.penalty, 4), Readable.fixed(100 * report.trainingAccuracy, 2),
          report.validationAccuracy.map { Readable.fixed(100 * $0, 2) } ?? "none",
        ]
        + (hasMeasures ? [moransI?.number.map { Readable.fixed($0, 3) } ?? "undefined"] : [])
      table.append(
        fields + [(report.state ?? .unknown).rawValue],
        marks: report.state?.isDead == true ? [fields.count: .wrong] : [:])
    }
    table.notes = [
      "Of the last epoch: cross-entropy and training accuracy with dropout, penalty without lambda."
    ]
    if hasMeasures {
      table.notes.append("Moran's I of test images; \(ResultFiles.measures) has more, by epoch.")
    }
    self.table = table
  }

  /// Writes the table into the folder of the networks, if one is given, and prints it.
  /// - Throws: `UserError` if it cannot be written.
  func present(keptIn folder: URL? = nil) throws {
    if let folder {
      try AtomicFile.write(
        table.text(width: Terminal.fileWidth), to: folder.appending(path: ResultTables.file))
      Terminal.keeps(folder)
    }
    Terminal.print(table, keys: 1)
  }
}

extension StudyProgress {
  /// Fails if networks stopped training.
  /// - Throws: `UserError` that names them.
  func requireAllTrained(of all: Int) throws {
    guard !stopped.isEmpty else { return }
    throw UserError(
      "\(stopped.count) of \(all.counted("network")) stopped because "
        + "\(stopped.count == 1 ? "its" : "their") loss was not finite: "
        + stopped.map(\.member.path).joined(separator: ", "))
  }
}

extension SheetMeasures {
  /// Mean Moran's I of response maps before ReLU.
  var moransI: MeasuredValue? { self["morans-i-pre-relu"] }
}
