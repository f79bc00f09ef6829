import Foundation
import TopoEvaluation
import TopoFoundation

/// What was evaluated, by a `suite.json`.
struct EvaluatedSuite: Sendable, Decodable {
  struct Images: Sendable, Decodable {
    var split: String
    var count: Int
    /// CRC-32 of images and labels.
    var checksum: UInt64
  }

  var items: [SuiteItem]
  /// What distinguishes each task.
  var tasks: [String]
  var data: Images

  /// The suite of a folder; nil if it has no `suite.json`, or one without all of this.
  init?(_ folder: URL) {
    struct MarkerFile: Decodable { var identity: EvaluatedSuite }
    guard let bytes = try? FileContents.read(folder.appending(path: "suite.json")),
      let marker = try? JSONDecoder().decode(MarkerFile.self, from: Data(bytes))
    else { return nil }
    self = marker.identity
  }

  /// How many tasks of a folder are done; nil if it has no `suite.json`.
  static func tasks(in folder: URL) -> (done: Int, all: Int)? {
    guard let suite = EvaluatedSuite(folder) else { return nil }
    let done = suite.tasks.indices.count {
      FileManager.default.fileExists(atPath: folder.appending(path: "tasks/\($0 + 1).csv").path)
    }
    return (done, suite.tasks.count)
  }
}
