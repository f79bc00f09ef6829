import Foundation
import TopoEvaluation
import TopoFoundation

/// The files of one task of a suite.
///
/// `<n>.csv` holds the records of task `n`, sealed with a checksum of all its files;
/// `<n>-confusion.csv` the confusion matrices and `<n>-findings.json` the findings. Each is written
/// atomically, the records last: a task is done if their file exists.
///
/// `<n>-kept.json` holds results of some of the networks, from before the suite grew. It is removed
/// when the task is done.
struct TaskFiles {
  /// The folder of all tasks.
  let folder: URL
  /// Number of the task, from 0.
  let task: Int
  /// What distinguishes the task from the others: `TaskKey`.
  let key: String

  /// The folder of all tasks of a suite.
  static func folder(in url: URL) -> URL { url.appending(path: "tasks") }

  /// The file with the records of a task.
  static func records(of task: Int, in folder: URL) -> URL {
    folder.appending(path: "\(task + 1).csv")
  }

  var records: URL { Self.records(of: task, in: folder) }
  var confusion: URL { folder.appending(path: "\(task + 1)-confusion.csv") }
  var findings: URL { folder.appending(path: "\(task + 1)-findings.json") }
  private var kept: URL { folder.appending(path: "\(task + 1)\(Self.keptEnding)") }
  private static let keptEnding = "-kept.json"

  /// Whether all results are there.
  var isDone: Bool { exists(records) }

  private func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }

  // MARK: All networks

  /// Writes the results of all networks, and removes those that were kept.
  /// - Throws: `UserError`.
  func write(_ results: TaskResults) throws {
    let table = RecordTable(results.records).csv
    let findings = results.findings.isEmpty ? "" : try StudyJSON.text(results.findings)
    try AtomicFile.write(results.confusion, to: confusion)
    if !findings.isEmpty { try AtomicFile.write(findings, to: self.findings) }
    try AtomicFile.write(table + seal([table, results.confusion, findings]), to: records)
    unlink(kept.path)
  }

  /// The last line of the records: a checksum of them and of the task's other files.
  private func seal(_ texts: [String]) -> String {
    var checksum = Checksum()
    for var text in [key] + texts {
      text.withUTF8 { checksum.add(UnsafeRawBufferPointer($0)) }
    }
    return "checksum,\(String(checksum.value, radix: 16))\r\n"
  }

  /// Reads the results of a task that is done.
  /// - Parameter networks: all networks, as the fields of `NetworkIdentity`.
  /// - Throws: `UserError` if a file is damaged, or is not about all networks.
  func read(of networks: Set<[String]>) throws -> TaskResults {
    let findings = findingsText
    guard let text = try? String(contentsOf: records, encoding: .utf8),
      let matrices = try? String(contentsOf: confusion, encoding: .utf8),
      let end = text.range(of: "checksum,", options: .backwards)?.lowerBound,
      text[end...] == seal([String(text[..<end]), matrices, findings])
    else {
      try checkFindings()
      throw UserError(
        "\(records.path): is not as it was written, or a file of the same task beside it is not; "
          + "remove it and continue with --resume")
    }
    let found = try RecordTable(csv: String(text[..<end]), file: records.path).records
    guard Set(found.map(\.network.fields)) == networks else {
      throw UserError(
        "\(records.path): is not about all networks; remove it and continue with --resume")
    }
    return TaskResults(records: found, confusion: matrices, findings: try decode(findings))
  }

  // MARK: Findings

  private var findingsText: String { (try? String(contentsOf: findings, encoding: .utf8)) ?? "" }

  /// The findings of a task that is done.
  /// - Throws: `UserError` that names the file if it is damaged.
  func readFindings() throws -> Findings { try decode(findingsText) }

  private func decode(_ text: String) throws -> Findings {
    guard !text.isEmpty else { return Findings() }
    do {
      return try StudyJSON.decode(Findings.self, Data(text.utf8))
    } catch let error as DecodingError {
      throw damaged("cannot be understood (\(StudyJSON.sentence(error)))")
    }
  }

  /// Names the file of findings if the task is damaged because of it.
  /// - Throws: `UserError` if an analysis has no findings, or they are damaged.
  private func checkFindings() throws {
    guard exists(findings) else {
      guard TaskKey(key)?.hasFindings ?? false else { return }
      throw damaged("does not exist")
    }
    guard let text = try? String(contentsOf: findings, encoding: .utf8) else {
      throw damaged("cannot be read as text")
    }
    _ = try decode(text)
  }

  private func damaged(_ problem: String) -> UserError {
    UserError(findings, "\(problem); remove \(records.path) and continue with --resume")
  }

  // MARK: Some of the networks

  /// What the file of results that were kept holds.
  private struct Kept: Codable {
    var key: String
    var records: String
    var confusion: String
    var findings: String
  }

  /// Writes results of some of the networks.
  /// - Throws: `UserError`.
  func keep(_ results: TaskResults) throws {
    let kept = Kept(
      key: key, records: RecordTable(results.records).csv, confusion: results.confusion,
      findings: results.findings.isEmpty ? "" : try StudyJSON.text(results.findings))
    try AtomicFile.write(try StudyJSON.encodeSealed(kept), to: self.kept)
  }

  /// Results of some of the networks from before the suite grew; nil without any.
  /// - Throws: `UserError` if they are damaged.
  func readKept() throws -> TaskResults? {
    guard exists(kept) else { return nil }
    let remedy = "remove it and continue with --resume"
    let found = try StudyJSON.read(Kept.self, from: kept, remedy: remedy)
    guard found.key == key else {
      throw UserError("\(kept.path): is about \(found.key), not \(key); \(remedy)")
    }
    return TaskResults(
      records: try RecordTable(csv: found.records, file: kept.path).records,
      confusion: found.confusion, findings: try decode(found.findings))
  }

  /// Removes results that were kept for tasks that are done: the process was killed in between.
  static func removeKept(in folder: URL) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let all = Set(names)
    for name in names where name.hasSuffix(keptEnding) {
      guard all.contains(name.dropLast(keptEnding.count) + ".csv") else { continue }
      unlink(folder.appending(path: name).path)
    }
  }

  /// Copies the files to those of a task with the same key.
  /// - Throws: what copying throws.
  func copy(to other: TaskFiles) throws {
    for (from, to) in [
      (confusion, other.confusion), (findings, other.findings), (kept, other.kept),
      (records, other.records),
    ] where exists(from) {
      try FileManager.default.copyItem(at: from, to: to)
    }
  }
}
