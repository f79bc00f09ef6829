import Foundation
import TestSupport
import TopoEvaluation
import TopoFoundation
import TopoNetworks

/// Records of invented networks.
enum StudyFixtures {
  /// Of one measure: networks of conditions, of which seed `s` has the value `values(condition, s)`.
  static func records(
    _ measure: String, _ conditions: [String], seeds: Int, dataset: String = "mnist",
    perturbation: String = Record.clean, severity: Double = 0,
    values: (String, UInt64) -> Double?
  ) -> [Record] {
    conditions.flatMap { condition in
      (0..<UInt64(seeds)).map { seed in
        Record(
          dataset: dataset, network: NetworkIdentity(named: condition, seed: seed, epoch: 3),
          state: .ok, measure: measure, perturbation: perturbation, severity: severity,
          value: values(condition, seed).map { .value($0) } ?? .undefined("constant map"))
      }
    }
  }

  /// A folder with these records.
  /// - Parameter images: how many test images they are about; nil if that is not recorded.
  static func folder(
    _ records: [Record], in place: TemporaryFolder, _ name: String, images: Int? = nil
  ) throws -> URL {
    let folder = place.url.appending(path: name, directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let provenance = images.map { ["images": "\($0)", "split": "test"] } ?? [:]
    try RecordTable(records, provenance: provenance).write(to: folder)
    return folder
  }

  /// Noise of a seed that differs from seed to seed but is the same everywhere.
  static func noise(_ seed: UInt64) -> Double { 0.01 * Double((seed * 7) % 10) }
}
