import Foundation
import TestSupport
import TopoData
import TopoFoundation

@testable import TopoStudies

/// A study of made-up images that trains in a moment.
enum SmallStudy {
  /// Images of 8 x 8 pixels.
  static func images(_ count: Int) -> ImageSet { SmallData.images(count, side: 8) }

  static var dataset: Dataset {
    let training = images(50)
    return Dataset(
      name: "made-up", training: training, test: images(30),
      normalization: Normalization(of: training))
  }

  static let yaml = """
    name: made-up study
    data: made-up
    architecture: mnist
    sheet: [3, 4]
    conditions:
      - penalty: control
      - penalty: ws
        lambda: 0.5
    seeds: 0,4
    epochs: 3
    batch: 16
    evaluation:
      noise: white
      levels: [0.1]
      draws: 2
    """

  static func plan(_ change: (String) -> String = { $0 }) throws -> Plan {
    try Plan(yaml: change(yaml), file: "plan.yaml")
  }

  static func training(_ change: (String) -> String = { $0 }) throws -> TrainingRun {
    try plan(change).trainingRun(dataset)
  }

  /// All files below a folder by path, without the lock and the record of processes.
  static func files(_ folder: URL) throws -> [String: Data] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    var files: [String: Data] = [:]
    for name in names {
      let url = folder.appending(path: name)
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder),
        !isFolder.boolValue, ![".lock", "provenance.json"].contains(url.lastPathComponent)
      else { continue }
      files[name] = try Data(contentsOf: url)
    }
    return files
  }
}
