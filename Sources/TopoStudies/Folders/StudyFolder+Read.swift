import Foundation
import TopoFoundation
import TopoTraining

extension StudyFolder {
  /// The members of the study in a folder, in the study's order; nil if the folder holds none. The
  /// folder is not locked.
  public static func members(in url: URL) -> [Member]? {
    struct Marker: Decodable {
      struct Identity: Decodable { var members: [Member] }
      var identity: Identity
    }
    guard let bytes = try? FileContents.read(url.appending(path: "study.json")) else { return nil }
    return (try? StudyJSON.decode(Marker.self, Data(bytes)))?.identity.members
  }

  /// The progress of the study in a folder, which another process may be working on.
  /// - Throws: `UserError` if there is no `progress.json`, or it is damaged.
  public static func progress(in url: URL) throws -> StudyProgress {
    try StudyJSON.read(
      StudyProgress.self, from: StudyProgress.url(url), remedy: StudyProgress.remedy)
  }
}
