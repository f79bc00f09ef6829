import Foundation
import Toposheet

/// The tables of an evaluation, printed and written beside its results.
struct ResultTables {
  /// Name of their file.
  static let file = "tables.txt"

  private let records: [Record]
  private let ensembles: [EnsembleSummary]
  private let epsilons: [Double: String]
  private let notes: [String]
  private let includesDead: Bool

  /// - Parameters:
  ///   - ensembles: rows about ensembles of networks.
  ///   - epsilons: the texts of epsilons as they were given, by value.
  ///   - notes: sentences below the tables.
  ///   - includesDead: whether means include networks that learned nothing.
  init(
    _ records: [Record], ensembles: [EnsembleSummary] = [], epsilons: [Double: String] = [:],
    notes: [String] = [], includesDead: Bool = false
  ) {
    (self.records, self.epsilons, self.notes) = (records, epsilons, notes)
    (self.ensembles, self.includesDead) = (ensembles, includesDead)
  }

  /// The tables of a folder of results.
  /// - Throws: `UserError` if its `metrics.csv` or `ensembles.csv` is damaged.
  init(of folder: URL, includesDead: Bool = false) throws {
    let provenance = RecordTable.provenance(of: folder.appending(path: "metrics.json"))
    let names = provenance["epsilons"].flatMap { try? EpsilonText.names($0) }
    self.init(
      try RecordTable(csv: folder.appending(path: "metrics.csv")).records,
      ensembles: try EnsembleFile.read(in: folder), epsilons: names ?? [:],
      notes: provenance["left-out"].map {
        $0.split(separator: ";").map {
          $0.trimmingCharacters(in: .whitespaces)
        }
      } ?? [], includesDead: includesDead)
  }

  /// Writes the tables into the folder of the results, if one is given, and prints them.
  /// - Parameter printsNotes: false if the notes were printed before.
  /// - Throws: `UserError` if they cannot be written.
  func present(keptIn folder: URL? = nil, printsNotes: Bool = true) throws {
    if let folder {
      try AtomicFile.write(
        text(notes, width: Terminal.fileWidth, colored: false),
        to: folder.appending(path: Self.file))
      Terminal.keeps(folder)
    }
    Terminal.print(
      text(
        printsNotes ? notes : [], width: Terminal.tableWidth,
        colored: Style.isUsed(on: STDOUT_FILENO)))
  }

  private func text(_ notes: [String], width: Int, colored: Bool) -> String {
    SuiteTables(records, width: width, epsilons: epsilons, includesDead: includesDead)
      .text(colored: colored)
      + EnsembleTable.text(ensembles, width: width, colored: colored)
      + notes.flatMap { wrapped($0, width: width) }.map { $0 + "\n" }.joined()
  }
}
