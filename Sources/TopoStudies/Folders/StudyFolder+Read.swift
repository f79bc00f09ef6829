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
    let file = url.appending(path: "progress.json")
    do {
      return try StudyJSON.decode(StudyProgress.self, Data(try FileContents.read(file)))
    } catch let error as DecodingError {
      throw UserError(
        "\(file.path): cannot be understood (\(StudyJSON.sentence(error))); continue the "
          + "study to write it again, or read training.csv")
    }
  }
}
