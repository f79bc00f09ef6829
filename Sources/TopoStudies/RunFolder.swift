import Foundation
import Synchronization
import TopoCompute

/// What a folder's marker file says of the run in it.
protocol RunDescription: Codable, Sendable {
  /// What makes two runs the same.
  associatedtype Identity: Equatable
  /// The file's name.
  static var marker: String { get }
  /// What runs, in errors: `study`.
  static var what: String { get }
  var identity: Identity { get }
  /// The device that the run was begun on.
  var device: DeviceInformation { get }
  /// How a run that was found differs from the wanted one: `it has 3 epochs, not 5`.
  static func difference(_ found: Identity, _ wanted: Identity) -> String
}

/// A folder in which one process at a time works at one run, which its marker file describes.
final class RunFolder<Description: RunDescription>: Sendable {
  let url: URL
  /// What the marker file says: by the process that began the run.
  let description: Description
  private let lock: Mutex<Int32?>

  /// Takes possession of a folder, making it where there is none.
  /// - Parameters:
  ///   - wanted: the run.
  ///   - resume: whether to go on with a run that the folder holds.
  /// - Throws: `StudyError` when the folder cannot be written to, holds another run or, without
  ///   `resume`, this one; when another process is at work in it; or when it was begun on a device
  ///   whose bits differ. `FileError`.
  init(_ url: URL, _ wanted: Description, resume: Bool) throws {
    self.url = url
    let file = try FolderLock.take(url, marker: Description.marker, what: Description.what)
    do {
      description = try Self.claim(url, wanted, resume: resume)
    } catch {
      close(file)
      throw error
    }
    lock = Mutex(file)
  }

  deinit { giveUp() }

  /// Lets others have the folder, though somebody may still hold this value.
  func giveUp() {
    lock.withLock { if let file = $0.take() { close(file) } }
  }

  private static func claim(
    _ url: URL, _ wanted: Description, resume: Bool
  ) throws -> Description {
    let what = Description.what
    let marker = url.appending(path: Description.marker)
    guard FileManager.default.fileExists(atPath: marker.path) else {
      try FolderLock.requireEmpty(url, or: Description.marker, what: what)
      try AtomicFile.write(try StudyJSON.encode(wanted), to: marker)
      return wanted
    }
    let found: Description
    do {
      found = try StudyJSON.decode(Description.self, Data(try FileContents.read(marker)))
    } catch let error as DecodingError {
      throw StudyError(
        "\(marker.path): cannot be understood (\(StudyJSON.sentence(error))); choose another "
          + "folder with --out")
    }
    guard found.identity == wanted.identity else {
      let difference = Description.difference(found.identity, wanted.identity)
      throw StudyError(
        "\(url.path): the folder already holds another \(what) (\(difference)); choose another "
          + "with --out")
    }
    guard resume else {
      throw StudyError(
        "\(url.path): the folder already holds this \(what); add --resume to go on with it, or "
          + "choose another with --out")
    }
    try FolderLock.requireSameDevice(found.device, wanted.device, of: what, in: url)
    return found
  }
}
