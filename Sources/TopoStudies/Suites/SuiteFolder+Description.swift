import TopoCompute
import TopoData
import TopoEvaluation
import TopoFoundation

extension SuiteFolder {
  /// What two runs must have in common to be the same. It determines the results, together with the
  /// kind of device and the version of this program.
  struct Identity: Sendable, Hashable, Codable {
    var suite: String
    var items: [SuiteItem]
    /// What distinguishes each task, by its number.
    var tasks: [String]
    var models: [Model]
    var data: Images

    /// A network that is evaluated.
    struct Model: Sendable, Hashable, Codable {
      /// What it is called in results: `NetworkIdentity.fields`.
      var network: [String]
      var condition: String
      var seed: UInt64
      /// CRC-32 of the parameters.
      var checksum: UInt32
      /// The network's normalization if it is not that of the images.
      var normalization: Constants?
      var name: String { "\(condition)/seed-\(seed)" }
    }

    /// A normalization, with the standard deviation under its full name: models of version 0.1.0
    /// have a shorter one, which `Normalization` keeps.
    struct Constants: Sendable, Hashable, Codable {
      var mean: [Float]
      var standardDeviation: [Float]

      init(_ normalization: Normalization) {
        (mean, standardDeviation) = (normalization.mean, normalization.standardDeviation)
      }
    }

    /// The images that the networks are evaluated on.
    struct Images: Sendable, Hashable, Codable {
      var name: String
      var split: String
      var count: Int
      /// CRC-32 of images and labels.
      var checksum: UInt32
      var normalization: Constants

      init(_ images: ImageSet, name: String, split: String, normalization: Normalization) {
        (self.name, self.split, self.normalization) = (name, split, Constants(normalization))
        (count, checksum) = (images.count, images.checksum)
      }
    }
  }

  /// What `suite.json` holds.
  struct Description: RunDescription {
    static let marker = "suite.json"
    static let what = "suite"
    static let hosts = [StudyFolder.marker]

    var identity: Identity
    var device: DeviceInformation
    var version: String
    var resumedOn: [BitSource]?
    /// Epsilons of attacks as they were given when the suite was begun; nil without any.
    var epsilons: String?

    /// The suite's name and the order of perturbations do not matter.
    static func isSame(_ found: Identity, _ wanted: Identity) -> Bool {
      var reordered = wanted
      reordered.suite = found.suite
      if Set(found.items) == Set(wanted.items), found.items.count == wanted.items.count {
        reordered.items = found.items
      }
      if Set(found.tasks) == Set(wanted.tasks), found.tasks.count == wanted.tasks.count {
        reordered.tasks = found.tasks
      }
      return found == reordered
    }
  }
}
