import Foundation
import TestSupport
import Testing

/// A folder with small data in it, and names in it that a command is given.
struct Workplace {
  let temporary: TemporaryFolder
  let data: String

  init() throws {
    temporary = try TemporaryFolder()
    data = temporary.url.appending(path: "data").path
    try SmallData.writeIDX(to: URL(filePath: data))
  }

  func url(_ name: String) -> URL { temporary.url.appending(path: name) }
  func path(_ name: String) -> String { url(name).path }

  /// Arguments of a training of two members on the small data.
  func train(_ out: String, _ more: [String] = []) -> [String] {
    [
      "train", "--data", data, "--architecture", "mnist", "--penalty", "ws", "--lambda", "0.5",
      "--seeds", "0-1", "--epochs", "2", "--batch", "16", "--device", "cpu", "--out", path(out),
    ] + more
  }

  /// A network trained for one epoch.
  func model() throws -> URL {
    let result = try Command.run([
      "train", "--data", data, "--architecture", "mnist", "--penalty", "control", "--seeds", "7",
      "--epochs", "1", "--device", "cpu", "--out", path("trained"),
    ])
    try #require(result.status == 0, "\(result.errors)")
    return url("trained/control/seed-7/model.safetensors")
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  /// All files below a folder by path, without the lock and the record of processes, in which two
  /// runs differ.
  func files(_ name: String) throws -> [String: Data] {
    let folder = url(name)
    var files: [String: Data] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
      let file = folder.appending(path: path)
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder),
        !isFolder.boolValue, ![".lock", "provenance.json"].contains(file.lastPathComponent)
      else { continue }
      files[path] = try Data(contentsOf: file)
    }
    return files
  }

  /// The small data with one file replaced.
  func damaged(_ name: String, _ file: String, _ bytes: [UInt8], plain: String? = nil) throws
    -> String
  {
    let folder = url(name)
    try SmallData.writeIDX(to: folder)
    if let plain { try FileManager.default.removeItem(at: folder.appending(path: plain)) }
    try Data(bytes).write(to: folder.appending(path: file))
    return folder.path
  }
}
