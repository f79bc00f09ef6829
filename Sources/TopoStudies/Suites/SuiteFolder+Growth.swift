import Foundation
import TopoEvaluation
import TopoFoundation

/// Suites grow by perturbations, severities and draws, whose tasks are computed in addition, and by
/// networks. A task keeps the results of networks that it has already; those of networks of more
/// epochs are computed again, and so are all results of tasks that compare networks with each other.
extension SuiteFolder.Description {
  static let addable = "networks, epochs, perturbations, severities and draws"

  static func canGrow(
    _ found: SuiteFolder.Identity, to wanted: SuiteFolder.Identity
  ) -> Bool {
    found.data == wanted.data && missing(found, in: wanted) == nil
  }

  static func growth(
    _ found: SuiteFolder.Identity, to wanted: SuiteFolder.Identity
  ) -> String { "the suite grows" }

  static func prepare(
    _ found: SuiteFolder.Identity, toBecome wanted: SuiteFolder.Identity, in folder: URL
  ) throws {
    // In a study's folder the networks themselves were replaced.
    let isOfStudy = FileManager.default.fileExists(
      atPath: folder.appending(path: StudyFolder.marker).path)
    if !isOfStudy, let model = found.models.first(where: { !wanted.models.contains($0) }) {
      throw UserError(
        folder,
        "holds results of \(model.name) after fewer epochs, which would be lost; choose another with "
          + "--out")
    }
    try SuiteFolder.Growth.prepare(found, toBecome: wanted, in: folder)
  }

  func grown(to wanted: Self) -> Self {
    var grown = self
    (grown.identity, grown.epsilons) = (wanted.identity, wanted.epsilons)
    return grown
  }
}

extension SuiteFolder {
  /// The tasks of a suite that grows, with other numbers. They are collected in a folder that is put
  /// in the place of the earlier one when `suite.json` describes the larger suite; the folder's name
  /// says which one that is. So a process may be killed at any moment.
  enum Growth {
    private static let prefix = ".tasks-"

    private static func name(_ identity: Identity) throws -> String {
      prefix + String(Checksum.of(Data(try StudyJSON.text(identity).utf8)), radix: 16)
    }

    /// Collects the tasks that stay, with the results of networks that stay.
    static func prepare(_ found: Identity, toBecome wanted: Identity, in folder: URL) throws {
      let collected = folder.appending(path: try name(wanted))
      let files = FileManager.default
      do {
        if files.fileExists(atPath: collected.path) { try files.removeItem(at: collected) }
        try files.createDirectory(at: collected, withIntermediateDirectories: false)
        let known = Set(found.models)
        let staying = wanted.models.filter(known.contains)
        for (new, old) in reusable(found, toBecome: wanted) {
          let from = TaskFiles(
            folder: TaskFiles.folder(in: folder), task: old, key: wanted.tasks[new])
          let to = TaskFiles(folder: collected, task: new, key: wanted.tasks[new])
          if found.models == wanted.models {
            try from.copy(to: to)
          } else if let results = try from.isDone
            ? from.read(of: Set(found.models.map(\.network))) : from.readKept()
          {
            let some = try results.of(staying)
            if !some.records.isEmpty { try to.keep(some) }
          }
        }
      } catch let error as UserError {
        throw error
      } catch {
        throw UserError(
          collected, "cannot be written (\(error.localizedDescription)); continue with --resume",
          isTemporary: true)
      }
    }

    /// The tasks of which results stay: their numbers in the larger suite and in the smaller one.
    private static func reusable(
      _ found: Identity, toBecome wanted: Identity
    ) -> [(new: Int, old: Int)] {
      let numbers = Dictionary(
        zip(found.tasks, found.tasks.indices), uniquingKeysWith: { first, _ in first })
      let (before, after) = (
        found.tasks.compactMap(TaskKey.init), wanted.tasks.compactMap(TaskKey.init)
      )
      guard before.count == found.tasks.count, after.count == wanted.tasks.count else { return [] }
      return wanted.tasks.enumerated().compactMap { new, text in
        guard let old = numbers[text] else { return nil }
        let key = after[new]
        if key.comparesNetworks, found.models != wanted.models { return nil }
        if key.hasAllDraws, draws(of: key, in: found) != draws(of: key, in: wanted) { return nil }
        return TaskKey.extras(of: old, in: before) == TaskKey.extras(of: new, in: after)
          ? (new, old) : nil
      }
    }

    private static func draws(of key: TaskKey, in identity: Identity) -> Int? {
      identity.items.first {
        $0.label == key.label && $0.severities.contains(key.severity)
      }?.draws
    }

    /// Puts the tasks of the suite that `suite.json` describes in their place, and removes those
    /// that were collected for another one.
    static func finish(in folder: URL, _ identity: Identity) throws {
      let files = FileManager.default
      let names = ((try? files.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { $0.hasPrefix(prefix) }
      guard !names.isEmpty else { return }
      let wanted = try name(identity)
      do {
        for name in names where name != wanted {
          try files.removeItem(at: folder.appending(path: name))
        }
        guard names.contains(wanted) else { return }
        let (tasks, old) = (folder.appending(path: "tasks"), folder.appending(path: prefix + "old"))
        if files.fileExists(atPath: tasks.path) { try files.moveItem(at: tasks, to: old) }
        try files.moveItem(at: folder.appending(path: wanted), to: tasks)
        if files.fileExists(atPath: old.path) { try files.removeItem(at: old) }
      } catch {
        throw UserError(
          folder.appending(path: "tasks"),
          "cannot be replaced (\(error.localizedDescription)); continue with --resume",
          isTemporary: true)
      }
    }
  }
}
