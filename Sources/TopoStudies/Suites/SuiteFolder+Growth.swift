import Foundation
import TopoFoundation
import TopoNetworks

/// Suites grow by perturbations, whose tasks are computed in addition, and by networks. A task's file
/// holds all networks, so with other networks, or networks of more epochs, all tasks are computed
/// again.
extension SuiteFolder.Description {
  static let addable = "networks, epochs and perturbations"

  static func canGrow(
    _ found: SuiteFolder.Identity, to wanted: SuiteFolder.Identity
  ) -> Bool {
    let models = Dictionary(
      wanted.models.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    return found.data == wanted.data && Set(found.items).isSubset(of: wanted.items)
      && Set(found.tasks).isSubset(of: wanted.tasks)
      && found.models.allSatisfy { model in
        models[model.name].map { $0 == model || $0.isFurther(than: model) } ?? false
      }
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

extension SuiteFolder.Identity.Model {
  private static let epoch = NetworkIdentity.columns.firstIndex(of: "epoch") ?? 0

  private var epochs: Int { Int(network[Self.epoch]) ?? 0 }

  /// Whether this is the same network after more epochs.
  fileprivate func isFurther(than other: Self) -> Bool {
    var (network, before) = (network, other.network)
    (network[Self.epoch], before[Self.epoch]) = ("", "")
    return network == before && epochs > other.epochs && checksum != other.checksum
      && normalization == other.normalization
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

    /// Collects the tasks that stay. Each file is sealed with the task that it is about.
    static func prepare(_ found: Identity, toBecome wanted: Identity, in folder: URL) throws {
      let collected = folder.appending(path: try name(wanted))
      let files = FileManager.default
      do {
        if files.fileExists(atPath: collected.path) { try files.removeItem(at: collected) }
        try files.createDirectory(at: collected, withIntermediateDirectories: false)
        guard found.models == wanted.models else { return }
        let numbers = Dictionary(
          zip(found.tasks, found.tasks.indices), uniquingKeysWith: { first, _ in first })
        for (new, key) in wanted.tasks.enumerated() {
          guard let old = numbers[key] else { continue }
          for ending in ["-confusion.csv", "-findings.json", ".csv"] {
            let file = folder.appending(path: "tasks/\(old + 1)\(ending)")
            guard files.fileExists(atPath: file.path) else { continue }
            try files.copyItem(at: file, to: collected.appending(path: "\(new + 1)\(ending)"))
          }
        }
      } catch {
        throw UserError(
          collected, "cannot be written (\(error.localizedDescription)); continue with --resume",
          isTemporary: true)
      }
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
