import Foundation
import Toposheet

/// The tables of an evaluation, printed and kept beside its results.
struct ResultTables {
  /// Where they are kept.
  static let file = "tables.txt"

  private let records: [Record]
  private let epsilons: [Double: String]
  private let notes: [String]
  private let includesDead: Bool

  /// - Parameters:
  ///   - epsilons: as they were given, by value.
  ///   - notes: sentences that stand below.
  ///   - includesDead: whether networks that learned nothing count in means.
  init(
    _ records: [Record], epsilons: [Double: String] = [:], notes: [String] = [],
    includesDead: Bool = false
  ) {
    (self.records, self.epsilons, self.notes) = (records, epsilons, notes)
    self.includesDead = includesDead
  }

  /// The tables of a folder of results.
  /// - Throws: `UserError` where its `metrics.csv` is not as it was written.
  init(of folder: URL, includesDead: Bool = false) throws {
    let provenance = RecordTable.provenance(of: folder.appending(path: "metrics.json"))
    let names = provenance["epsilons"].flatMap { try? EpsilonText.names($0) }
    self.init(
      try RecordTable(csv: folder.appending(path: "metrics.csv")).records,
      epsilons: names ?? [:],
      notes: provenance["left-out"].map {
        $0.split(separator: ";").map {
          $0.trimmingCharacters(in: .whitespaces)
        }
      } ?? [], includesDead: includesDead)
  }

  /// Prints the tables, after they were kept in the folder of the results.
  /// - Throws: `UserError` where they cannot be kept.
  func present(keptIn folder: URL? = nil) throws {
    if let folder {
      try AtomicFile.write(
        text(width: Terminal.fileWidth, colored: false), to: folder.appending(path: Self.file))
      Terminal.keeps(folder)
    }
    Terminal.print(
      text(width: Terminal.tableWidth, colored: Style.isUsed(on: STDOUT_FILENO)))
  }

  private func text(width: Int, colored: Bool) -> String {
    SuiteTables(records, width: width, epsilons: epsilons, includesDead: includesDead)
      .text(colored: colored)
      + notes.flatMap { wrapped($0, width: width) }.map { $0 + "\n" }.joined()
  }
}
