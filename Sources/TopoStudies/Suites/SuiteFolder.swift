import Foundation
import TopoCompute
import TopoEvaluation
import TopoFoundation

/// The folder of one suite run: who may write to it, what it is a run of, and the tasks that are
/// done.
///
/// `suite.json` says what is evaluated on what; `tasks/<n>.csv` holds the records of task `n` and
/// `tasks/<n>-confusion.csv` its confusion matrices. Each appears whole or not at all, the records
/// last: a task whose records are there is done.
final class SuiteFolder: TaskStore, Sendable {
  var url: URL { run.url }
  /// The device that the run was begun on, as its records name it.
  var device: DeviceInformation { run.description.device }
  /// What is evaluated, in the order of the results.
  var items: [SuiteItem] { run.description.identity.items }
  private let run: RunFolder<Description>

  /// Takes possession of a folder, making it if there is none, and removes what processes left
  /// that were killed in it.
  /// - Parameters:
  ///   - resume: whether to continue a run that the folder holds.
  ///   - anyDevice: whether to do so, and record it, on a device whose bits differ.
  /// - Throws: `UserError` when the folder cannot be written to, holds another run or, without
  ///   `resume`, this one; or when another process is at work in it.
  convenience init(
    _ url: URL, _ description: Description, resume: Bool, anyDevice: Bool
  ) throws {
    try Self.requireNoOtherResults(in: url)
    try self.init(RunFolder(url, description, resume: resume, anyDevice: anyDevice))
  }

  /// The same in the folder of a study, which is this process's already.
  /// - Throws: as the other, also when it holds results of something else.
  convenience init(
    _ study: StudyFolder, _ description: Description, resume: Bool, anyDevice: Bool
  ) throws {
    try Self.requireNoOtherResults(in: study.url)
    try self.init(study.inner(description, resume: resume, anyDevice: anyDevice))
  }

  private init(_ run: RunFolder<Description>) throws {
    self.run = run
    removeLeftovers()
    do {
      try FileManager.default.createDirectory(
        at: url.appending(path: "tasks"), withIntermediateDirectories: true)
    } catch {
      throw UserError(
        "\(url.path)/tasks: is not a folder that can be written to; remove it, or choose another "
          + "folder with --out")
    }
  }

  /// The devices that worked on it, if their bits differ: for the records of results.
  var mixedDevices: String? { run.mixedDevices }

  /// Makes sure that the folder is still this process's.
  /// - Throws: `UserError` if it was removed or renamed.
  func requireInPlace() throws { try run.requireInPlace() }

  /// Lets others have the folder, even while this value exists.
  func giveUp() { run.giveUp() }

  // MARK: Tasks

  private func records(_ task: Int) -> URL { url.appending(path: "tasks/\(task + 1).csv") }
  private func confusion(_ task: Int) -> URL {
    url.appending(path: "tasks/\(task + 1)-confusion.csv")
  }

  func isDone(_ task: Int) -> Bool {
    FileManager.default.fileExists(atPath: records(task).path)
  }

  /// Keeps the results of a task.
  /// - Throws: `UserError` if the folder was removed.
  func keep(_ task: Int, _ result: TaskResult) throws {
    try requireInPlace()
    let matrices = result.confusion.map(\.line).joined()
    let table = RecordTable(result.records).csv
    try AtomicFile.write(matrices, to: confusion(task))
    try AtomicFile.write(table + Self.seal(table, matrices), to: records(task))
  }

  /// The last line of a task's records: a checksum of them and of the task's matrices.
  private static func seal(_ table: String, _ matrices: String) -> String {
    var checksum = Checksum()
    for var text in [table, matrices] {
      text.withUTF8 { checksum.add(UnsafeRawBufferPointer($0)) }
    }
    return "checksum,\(String(checksum.value, radix: 16))\r\n"
  }

  /// Records of a task that is done.
  /// - Throws: `UserError` if a file of the task is not as it was written, or is not about all
  ///   networks.
  func records(of task: Int) throws -> [Record] {
    let place = records(task).path
    guard let text = try? String(contentsOf: records(task), encoding: .utf8),
      let matrices = try? String(contentsOf: confusion(task), encoding: .utf8),
      let end = text.range(of: "checksum,", options: .backwards)?.lowerBound,
      text[end...] == Self.seal(String(text[..<end]), matrices)
    else {
      throw UserError(
        "\(place): is not as it was written, or the file of confusion matrices beside it is not; "
          + "remove it and go on with --resume")
    }
    let records = try RecordTable(csv: String(text[..<end]), file: place).records
    guard Set(records.map(\.network)).count == run.description.identity.models.count else {
      throw UserError("\(place): is not about all networks; remove it and go on with --resume")
    }
    return records
  }

  /// Writes `confusion.csv` from the matrices of all tasks.
  /// - Throws: `UserError`.
  func writeConfusion(tasks: Int) throws {
    try AtomicFile.write(to: url.appending(path: "confusion.csv")) { writer in
      try writer.append(ConfusionRecord.header)
      for task in 0..<tasks {
        try writer.append(try FileContents.read(confusion(task)))
      }
    }
  }

  /// The files of results.
  static let results: Set = ["confusion.csv", "metrics.csv", "metrics.json"]

  private func removeLeftovers() {
    let own = Self.results.union([Description.marker])
    AtomicFile.removeLeftovers(in: url, others: true, isOwn: own.contains)
    AtomicFile.removeLeftovers(in: url.appending(path: "tasks"), others: true) {
      $0.hasSuffix(".csv")
    }
  }
}

// MARK: In the folder of a study

extension SuiteFolder {
  /// Refuses a folder with results that no suite in it explains.
  private static func requireNoOtherResults(in url: URL) throws {
    func exists(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: url.appending(path: name).path)
    }
    let found = results.sorted { $0 > $1 }.sorted { $0.hasPrefix("m") && !$1.hasPrefix("m") }
      .filter(exists).sorted()
    guard let first = found.first, !exists(Description.marker) else { return }
    throw UserError(
      "\(url.appending(path: first).path): is there already, but no "
        + "\(Description.marker) that says what it comes from; move "
        + "\(found.joined(separator: " and ")) out of the folder, or choose another with --out")
  }

  /// Makes sure, before the networks of a study are trained, that its folder does not hold results
  /// of another suite.
  /// - Throws: `UserError`.
  static func check(
    _ study: StudyFolder, suite: String, items: [SuiteItem], data: Identity.Images
  ) throws {
    try requireNoOtherResults(in: study.url)
    guard let found = try RunFolder<Description>.read(study.url) else { return }
    let wanted = Identity(
      suite: suite, items: items, models: found.identity.models, data: data)
    guard !Description.isSame(found.identity, wanted) else { return }
    throw UserError(
      "\(study.url.path): the folder already holds results of another evaluation "
        + "(\(Description.difference(found.identity, wanted))); give the plan that evaluation "
        + "again, or evaluate the networks into another folder: toposheet evaluate "
        + "\(study.url.path) --suite FILE --out OTHER")
  }
}
