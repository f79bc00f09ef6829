import Foundation
import TopoFoundation
import TopoNetworks
import TopoSheets
import TopoTraining

/// The protocol of training in a `study.json`.
struct TrainingProtocol: Sendable, Hashable, Decodable {
  struct Trained: Sendable, Hashable, Decodable {
    var condition: Penalty
    var seed: UInt64
  }

  struct Probe: Sendable, Hashable, Decodable {
    /// Number of test images.
    var images: Int
    /// CRC-32 of them.
    var checksum: UInt64
    /// Epochs between measurements.
    var every: Int
    var measures: [String]
  }

  var configuration: TrainingConfiguration
  /// Number of images that are divided into those of training and validation.
  var images: Int
  var members: [Trained]
  /// What was measured along training.
  var alongTraining: Probe?

  /// The protocol of a folder; nil if it has no `study.json`, or one without all of this.
  init?(_ folder: URL) {
    struct MarkerFile: Decodable { var identity: TrainingProtocol }
    guard let bytes = try? FileContents.read(folder.appending(path: "study.json")),
      let marker = try? JSONDecoder().decode(MarkerFile.self, from: Data(bytes))
    else { return nil }
    self = marker.identity
  }

  /// The images that sheets were measured on along training.
  var probe: EvaluatedImages? {
    alongTraining.map {
      EvaluatedImages(split: "test", count: $0.images, checksum: $0.checksum)
    }
  }
}
