import Foundation
import TopoCompute
import TopoEvaluation
import TopoFoundation
import TopoNetworks
import TopoTraining

/// The locked folder of one suite run, with the tasks that are done.
///
/// `suite.json` describes suite, networks and images; the folder `tasks` holds the results of tasks
/// (`TaskFiles`).
final class SuiteFolder: TaskStore, Sendable {
  var url: URL { run.url }
  /// The device that the run was begun on, which the provenance of the results names.
  var device: DeviceInformation { run.description.device }
  /// What distinguishes each task, by its number.
  var tasks: [String] { run.description.identity.tasks }
  /// The name of the suite that was begun.
  var suite: String { run.description.identity.suite }
  /// Epsilons of attacks as they were given when the suite was begun; nil without any.
  var epsilons: String? { run.description.epsilons }
  /// The perturbations of the suite, in the order of the results.
  var items: [SuiteItem] { run.description.identity.items }
  private let run: RunFolder<Description>

  /// Locks a folder, makes it if it does not exist, and removes temporary files of killed
  /// processes.
  /// - Parameters:
  ///   - resume: whether to continue a run that the folder holds.
  ///   - anyDevice: whether to do so even on a device whose bits differ; this is recorded.
  /// - Throws: `UserError` if the folder cannot be written to, holds another run or, without
  ///   `resume`, this one; or if another process works in it.
  convenience init(
    _ url: URL, _ description: Description, resume: Bool, anyDevice: Bool
  ) throws {
    try Self.requireNoOtherResults(in: url)
    try self.init(RunFolder(url, description, resume: resume, anyDevice: anyDevice))
  }

  /// A suite run in the folder of a study, which is locked already.
  /// - Throws: `UserError` as the other initializer.
  convenience init(
    _ study: StudyFolder, _ description: Description, resume: Bool, anyDevice: Bool
  ) throws {
    try Self.requireNoOtherResults(in: study.url)
    try self.init(study.inner(description, resume: resume, anyDevice: anyDevice))
  }

  private init(_ run: RunFolder<Description>) throws {
    self.run = run
    removeLeftovers()
    try Growth.finish(in: url, run.description.identity)
    do {
      try FileManager.default.createDirectory(
        at: TaskFiles.folder(in: url), withIntermediateDirectories: true)
    } catch {
      throw UserError(
        "\(url.path)/tasks: is not a folder that can be written to; remove it, or choose another "
          + "folder with --out")
    }
    TaskFiles.removeKept(in: TaskFiles.folder(in: url))
  }

  /// The devices that worked on it if their bits differ, otherwise nil. For the records of results.
  var mixedDevices: String? { run.mixedDevices }

  /// Checks that the folder is still where it was locked.
  /// - Throws: `UserError` if it was removed or renamed.
  func checkNotMoved() throws { try run.checkNotMoved() }

  /// Releases the lock before this object's end.
  func release() { run.release() }

  // MARK: Tasks

  private func files(_ task: Int) -> TaskFiles {
    TaskFiles(
      folder: TaskFiles.folder(in: url), task: task,
      key: tasks.indices.contains(task) ? tasks[task] : "")
  }

  /// The file with the records of a task, which exists if the task is done.
  static func records(of task: Int, in folder: URL) -> URL {
    TaskFiles.records(of: task, in: TaskFiles.folder(in: folder))
  }

  func isDone(_ task: Int) -> Bool { files(task).isDone }

  /// The networks whose results a task has from before the suite grew.
  /// - Throws: `UserError` if they are damaged.
  func networks(of task: Int) throws -> Set<NetworkIdentity> {
    Set(try files(task).readKept()?.records.map(\.network) ?? [])
  }

  /// Writes the results of a task, with those that were kept.
  /// - Throws: `UserError` if the folder was removed.
  func write(_ task: Int, _ result: TaskResult) throws {
    try checkNotMoved()
    let (files, results) = (files(task), TaskResults(result))
    let kept = try files.readKept()
    let models = run.description.identity.models
    try files.write(try kept?.joined(with: results, like: models) ?? results)
  }

  /// Reads the records of a task that is done.
  /// - Throws: `UserError` if a file of the task is damaged, or is not about all networks.
  func records(of task: Int) throws -> [Record] {
    try files(task).read(of: Set(run.description.identity.models.map(\.network))).records
  }

  /// Writes `confusion.csv` from the matrices of all tasks.
  /// - Throws: `UserError`.
  func writeConfusion(tasks: Int) throws {
    try AtomicFile.write(to: url.appending(path: "confusion.csv")) { writer in
      try writer.append(ConfusionRecord.header)
      for task in 0..<tasks {
        try writer.append(try FileContents.read(files(task).confusion))
      }
    }
  }

  /// Writes the tables of units from the findings of all tasks.
  /// - Throws: `UserError`.
  func writeFindings(tasks: Int, dataset: String) throws {
    var all = Findings()
    for task in 0..<tasks {
      all.append(try files(task).readFindings())
    }
    let tables = FindingsTables(all, dataset: dataset)
    if !tables.isEmpty { try tables.write(to: url) }
  }

  /// Names of the files of results.
  static let results: Set = [
    "confusion.csv", "metrics.csv", "metrics.json", FindingsTables.units, FindingsTables.undefined,
    FindingsTables.similarities, FindingsTables.summaries, EnsembleFile.name,
  ]

  /// What else belongs to the results: the command's tables, and those of analyses.
  private static let companions: Set = [FindingsTables.folder, "tables.txt"]

  private func removeLeftovers() {
    let written = Self.results.union([Description.marker, Provenance.file])
    AtomicFile.removeLeftovers(in: url, others: true, isOwn: written.contains)
    AtomicFile.removeLeftovers(in: TaskFiles.folder(in: url), others: true) {
      $0.hasSuffix(".csv") || $0.hasSuffix(".json")
    }
    AtomicFile.removeLeftovers(in: url.appending(path: FindingsTables.folder), others: true) {
      $0.hasSuffix(".csv")
    }
  }
}

// MARK: In the folder of a study

extension SuiteFolder {
  /// Refuses a folder with results but without the `suite.json` that says what they are, and folders
  /// in the places of results.
  /// - Throws: `UserError`.
  private static func requireNoOtherResults(in url: URL) throws {
    func exists(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: url.appending(path: name).path)
    }
    let found = results.filter(exists).sorted()
    guard let first = found.first, !exists(Description.marker) else {
      for name in found { try AtomicFile.requireNoFolder(at: url.appending(path: name)) }
      return
    }
    let moved = (found + companions.filter(exists)).sorted()
    throw UserError(
      "\(url.appending(path: first).path): exists already, but there is no "
        + "\(Description.marker) that says what it comes from; move "
        + "\(moved.listed()) out of the folder, or choose another with --out")
  }

  /// Checks, before the networks of a study are trained, that its folder does not hold results of
  /// another suite, or of other networks. Results of a part of the suite, or of some of the networks,
  /// can grow.
  /// - Returns: whether there are results of the same suite.
  /// - Throws: `UserError`.
  static func check(
    _ url: URL, members: [Member], suite: String, items: [SuiteItem], data: Identity.Images
  ) throws -> Bool {
    try requireNoOtherResults(in: url)
    guard let found = try RunFolder<Description>.read(url) else { return false }
    let wanted = Identity(
      suite: suite, items: items, tasks: found.identity.tasks, models: found.identity.models,
      data: data)
    let isSame = Description.isSame(found.identity, wanted)
    let difference =
      isSame || Description.canGrow(found.identity, to: wanted)
      ? difference(found.identity.models, members) : Description.difference(found.identity, wanted)
    guard let difference else { return isSame }
    let written = ([Description.marker, "tasks"] + results.union(companions).sorted()).filter {
      FileManager.default.fileExists(atPath: url.appending(path: $0).path)
    }.listed()
    throw UserError(
      "\(url.path): the folder already holds results of another evaluation "
        + "(\(difference)); use the plan's earlier evaluation, or move \(written) to another "
        + "folder, or evaluate the networks into another one: toposheet evaluate "
        + "\(ShellWord.quoted(url.path)) --suite FILE --out OTHER")
  }

  /// How evaluated networks differ from those of a study; nil if they are some of them.
  private static func difference(_ models: [Identity.Model], _ members: [Member]) -> String? {
    let members = members.map(\.path)
    if let other = models.map(\.name).first(where: { !members.contains($0) }) {
      return "it evaluates \(other), which the study does not have"
    }
    return nil
  }
}
