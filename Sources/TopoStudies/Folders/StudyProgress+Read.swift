import Foundation
import TopoFoundation
import TopoTraining

extension StudyProgress {
  /// What to do if the file is damaged.
  static let remedy =
    "restore it from a copy, or remove it, and --resume trains all networks from the beginning"

  /// Reads the progress of the study in a folder; without a file, that of a study that has not
  /// begun. The study may have grown since it was written.
  /// - Parameters:
  ///   - members: the networks of the study, in order.
  ///   - last: the last epoch.
  ///   - alongTraining: when sheets are measured.
  /// - Throws: `UserError` if the file is damaged, or is about other networks.
  static func read(
    _ folder: URL, members: [Member], last: Int, alongTraining: AlongTraining
  ) throws -> StudyProgress {
    let url = url(folder)
    guard FileManager.default.fileExists(atPath: url.path) else {
      return StudyProgress(members: members)
    }
    var progress = try StudyJSON.read(StudyProgress.self, from: url, remedy: remedy)
    let count = progress.networks?.count ?? members.count
    let counts = [
      progress.epochs.count, progress.checksums?.count, progress.models?.count,
      progress.within?.count,
    ].compactMap { $0 }
    guard counts.allSatisfy({ $0 == count }) else {
      throw UserError(
        "\(url.path): is about \(progress.epochs.count) networks, not \(count); \(remedy)")
    }
    progress.convert(members: members, last: last)
    guard Set(progress.networks ?? []).isSubset(of: members.map(\.path)) else {
      throw UserError("\(url.path): is about networks that the study does not have; \(remedy)")
    }
    progress.arrange(members, last: last, alongTraining)
    return progress
  }

  /// Converts a record of an earlier version, in which checksums are those of models after the last
  /// epoch, and the order of networks is that of `study.json`.
  private mutating func convert(members: [Member], last: Int) {
    if models == nil {
      models = epochs.indices.map { epochs[$0] == last ? checksums?[$0] : nil }
      checksums = checksums.map { checksums in
        epochs.indices.map { epochs[$0] == last ? nil : checksums[$0] }
      }
    }
    networks = networks ?? members.map(\.path)
  }

  /// Arranges everything in the order of a study's networks, some of which may be new, and removes
  /// measures that a study of `last` epochs does not have.
  private mutating func arrange(_ members: [Member], last: Int, _ alongTraining: AlongTraining) {
    let old = Dictionary(uniqueKeysWithValues: zip(networks ?? [], epochs.indices))
    let indices = members.map { old[$0.path] }
    func arranged<Value>(_ values: [Value?]) -> [Value?] {
      indices.map { $0.flatMap { values[$0] } }
    }
    networks = members.map(\.path)
    epochs = arranged(epochs).map { $0 ?? 0 }
    checksums = checksums.map(arranged)
    models = models.map(arranged)
    within = within.map(arranged)
    let positions = Dictionary(uniqueKeysWithValues: zip(members, members.indices))
    reports.sort {
      ($0.epoch, positions[$0.member] ?? 0) < ($1.epoch, positions[$1.member] ?? 0)
    }
    stopped.sort { (positions[$0.member] ?? 0) < (positions[$1.member] ?? 0) }
    for index in reports.indices where !alongTraining.isDue(reports[index].epoch, of: last) {
      reports[index].measures = nil
    }
  }
}
