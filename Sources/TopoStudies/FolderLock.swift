import Foundation
import TopoCompute

/// Possession of a folder that one process at a time may work in.
enum FolderLock {
  /// Takes possession of a folder, making it where there is none. Closing the file gives it up.
  /// - Parameters:
  ///   - marker: the file that says what the folder holds.
  ///   - what: what that is, in errors.
  /// - Throws: `StudyError` when the folder cannot be written to, holds other things, or another
  ///   process is at work in it.
  static func take(_ url: URL, marker: String, what: String) throws -> Int32 {
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw StudyError(
        "\(url.path): cannot make this folder; choose one with --out that you may write to")
    }
    // Before the lock, which would be left behind in a folder of other things.
    try requireEmpty(url, or: marker, what: what)
    let file = open(url.appending(path: ".lock").path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard file >= 0 else {
      throw StudyError(
        "\(url.path): cannot write to this folder (\(String(cString: strerror(errno)))); choose "
          + "another with --out")
    }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      close(file)
      throw StudyError(
        "\(url.path): another process is at work in this folder; wait for it or choose another "
          + "with --out")
    }
    return file
  }

  /// Refuses a folder that holds other things.
  /// - Throws: `StudyError`.
  static func requireEmpty(_ url: URL, or marker: String, what: String) throws {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: url.path) else {
      throw StudyError("\(url.path): cannot read this folder; choose another with --out")
    }
    guard names.contains(marker) || names.allSatisfy({ $0.hasPrefix(".") }) else {
      throw StudyError(
        "\(url.path): the folder is not empty and holds no \(what); choose an empty or new one "
          + "with --out")
    }
  }

  /// Refuses to go on with `what` on a device whose bits would differ.
  /// - Throws: `StudyError`.
  static func requireSameDevice(
    _ found: DeviceInformation, _ device: DeviceInformation, of what: String, in url: URL
  ) throws {
    // Processors of one kind compute the same bits; of other devices only the same model does.
    let isSame =
      found.kind == device.kind && (device.kind == .cpu || found.name == device.name)
    guard isSame else {
      throw StudyError(
        "\(url.path): the \(what) was begun on \(found.identifier) (\(found.name)), and its "
          + "bits would differ on \(device.identifier) (\(device.name)); go on with --device "
          + "\(found.identifier) where that is")
    }
    guard found.tuning == device.tuning else {
      let names = [found, device].map { $0.tuning.map { "tuning \($0)" } ?? "no tuning" }
      throw StudyError(
        "\(url.path): the \(what) was begun with \(names[0]), and its bits would differ with "
          + "\(names[1]); "
          + (found.tuning == nil
            ? "add --no-tuning" : "bring that tuning's file back, or begin anew"))
    }
  }
}
