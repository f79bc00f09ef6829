import TopoCompute
import TopoFoundation
import TopoTraining

extension StudyFolder {
  /// What `study.json` holds.
  struct Description: RunDescription {
    static let marker = "study.json"
    static let what = "study"

    var identity: Identity
    var device: DeviceInformation
    var resumedOn: [BitSource]?
    var version: String

    /// The order of the networks does not matter.
    static func isSame(_ found: Identity, _ wanted: Identity) -> Bool {
      var reordered = wanted
      if found.members.count == wanted.members.count, Set(found.members) == Set(wanted.members) {
        reordered.members = found.members
      }
      // A folder of an earlier version is measured from the epoch on after which it continues.
      if found.alongTraining == nil { reordered.alongTraining = nil }
      return found == reordered
    }

    static func difference(_ found: Identity, _ wanted: Identity) -> String {
      if found.members != wanted.members {
        let labels = { (members: [Member]) in
          let names = members.map(\.path)
          return names.count > 2
            ? "\(names[0]) and \(names.count - 1) more" : names.joined(separator: ", ")
        }
        let trains = "it trains \(labels(found.members)), not \(labels(wanted.members))"
        return Set(found.members).isSuperset(of: wanted.members)
          ? trains + ", and a study does not shrink" : trains
      }
      let (old, new) = (found.configuration, wanted.configuration)
      if old.dataset != new.dataset { return "its data is \(old.dataset), not \(new.dataset)" }
      if old.epochs != new.epochs {
        return "it has \(old.epochs.counted("epoch")), not \(new.epochs)"
          + (old.epochs > new.epochs ? ", and a study does not shrink" : "")
      }
      if old.batch != new.batch { return "its batch is \(old.batch), not \(new.batch)" }
      if old.architecture != new.architecture {
        return
          "its architecture is \(old.architecture.name), not \(new.architecture.name), or differs "
          + "in size"
      }
      if found.images != wanted.images {
        return "it uses \(found.images.counted("image")), not \(wanted.images)"
      }
      if found.checksum != wanted.checksum { return "its images differ" }
      if old.learningRate != new.learningRate {
        return "its learning rate is \(old.learningRate), not \(new.learningRate)"
      }
      if old == new, found.alongTraining == wanted.alongTraining {
        return "it keeps the networks of \(epochs(found.snapshots)), not of "
          + "\(epochs(wanted.snapshots))"
      }
      guard let measured = found.alongTraining, measured != wanted.alongTraining else {
        return "its optimizer or split differs"
      }
      return difference(measured, wanted.alongTraining)
    }

    private static func epochs(_ snapshots: [Int]?) -> String {
      guard let snapshots else { return "no epoch" }
      return (snapshots.count == 1 ? "epoch " : "epochs ") + snapshots.map(String.init).listed()
    }

    private static func difference(
      _ found: Identity.Measurement, _ wanted: Identity.Measurement?
    ) -> String {
      guard let wanted else { return "it measures sheets along training" }
      if let name = (wanted.measures + found.measures).first(where: {
        wanted.measures.contains($0) != found.measures.contains($0)
      }) {
        let isFound = found.measures.contains(name)
        return "it \(isFound ? "records" : "does not record") \(name) along training"
      }
      if found.every != wanted.every {
        return "its along-training has every: \(found.every), not \(wanted.every)"
      }
      return found.images != wanted.images
        ? "its along-training has images: \(found.images), not \(wanted.images)"
        : "the test images that sheets are measured on differ"
    }
  }
}
