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
  }
}
