import Foundation
import TestSupport
import Testing
import TopoFoundation

@testable import ToposheetCommand

/// Disks that are full, and folders that become read-only: one sentence, and `--resume` goes on to
/// the same files.
@Suite("Disks", .serialized) struct DiskTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  /// Runs a program.
  /// - Returns: whether it ended well.
  @discardableResult
  private static func system(_ arguments: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  /// Whether file systems can be mounted here.
  static let canMount: Bool = {
    guard geteuid() == 0, let folder = try? TemporaryFolder() else { return false }
    guard system(["mount", "-t", "tmpfs", "-o", "size=100k", "none", folder.url.path]) else {
      return false
    }
    return system(["umount", folder.url.path])
  }()

  private func evaluate(_ out: String) -> [String] {
    [
      "evaluate", place.path("models"), "--data", place.data, "--device", "cpu", "--noise",
      "white,pink", "--draws", "2", "--out", place.path(out),
    ]
  }

  /// Runs a command with more and more room until it succeeds, and expects the files of a run that
  /// had room.
  /// - Parameters:
  ///   - arguments: the command for a folder of results.
  ///   - marker: the file in the folder from which on there is something to continue.
  ///   - run: runs arguments with room of a number of steps.
  private func fill(
    _ arguments: (String) -> [String], into out: String, marker: String, reason: String,
    run: ([String], Int) throws -> Command.Result
  ) throws {
    #expect(try Command.run(arguments("wanted")).status == 0)
    var statuses: [Int32] = []
    for step in 1...60 {
      let resumes = place.exists("\(out)/\(marker)")
      let result = try run(arguments(out) + (resumes ? ["--resume"] : []), step)
      statuses.append(result.status)
      guard result.status != 0 else { break }
      let isBegun = place.exists("\(out)/\(marker)")
      #expect(result.status == 75 || !isBegun && result.status == 1, "\(result.errors)")
      #expect(result.sentences.count == 1, "\(result.errors)")
      #expect(result.sentences.first?.contains(reason) == true, "\(result.errors)")
      if result.status == 75 {
        #expect(result.errors.contains("What is done is kept. Continue with\n"))
        #expect(result.errors.hasSuffix("--resume\n"), "\(result.errors)")
      }
    }
    #expect(statuses.last == 0 && statuses.contains(75), "\(statuses)")
    let (files, wanted) = (try place.files(out), try place.files("wanted"))
    #expect(files.keys.sorted() == wanted.keys.sorted())
    for (name, bytes) in wanted { #expect(files[name] == bytes, "\(name)") }
  }

  /// Files may not grow beyond a limit of the shell, which fails as a full disk does.
  @Test("files that cannot grow") func filesThatCannotGrow() throws {
    #expect(try Command.run(place.train("models")).status == 0)
    let commands: [(what: String, marker: String, make: (String) -> [String])] = [
      ("train", "study.json", { place.train($0) }), ("evaluate", "suite.json", evaluate),
    ]
    for (what, marker, make) in commands {
      try fill(
        make, into: "\(what)-run", marker: marker, reason: "File too large",
        run: { arguments, step in
          // In blocks of 512 bytes.
          let script = "ulimit -f \(step * step * 2); trap '' XFSZ; exec \"$0\" \"$@\""
          return try Command.run(arguments, through: ["/bin/sh", "-c", script])
        })
      try FileManager.default.removeItem(at: place.url("wanted"))
    }
  }

  @Test("a full disk", .enabled(if: canMount, "needs root, to mount a tmpfs"))
  func aFullDisk() throws {
    #expect(try Command.run(place.train("models")).status == 0)
    let disk = place.url("disk")
    try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)
    let commands: [(what: String, marker: String, make: (String) -> [String])] = [
      ("train", "study.json", { place.train($0) }), ("evaluate", "suite.json", evaluate),
    ]
    for (what, marker, make) in commands {
      try #require(Self.system(["mount", "-t", "tmpfs", "-o", "size=16k", "none", disk.path]))
      defer { Self.system(["umount", disk.path]) }
      try fill(
        make, into: "disk/\(what)", marker: marker, reason: "No space left on device",
        run: { arguments, step in
          let size = "remount,size=\(16 + 4 * step * step)k"
          try #require(Self.system(["mount", "-o", size, disk.path]))
          return try Command.run(arguments)
        })
      try FileManager.default.removeItem(at: place.url("wanted"))
    }
  }

  /// The folder of a network cannot be written to after the first epoch.
  @Test(
    "a folder that becomes read-only",
    .enabled(if: geteuid() != 0 || canMount, "root may write everywhere; nothing can be mounted"))
  func aFolderThatBecomesReadOnly() throws {
    func train(_ out: String, epochs: String, _ more: [String] = []) throws -> Command.Result {
      try Command.run(place.train(out, more).map { $0 == "2" ? epochs : $0 })
    }
    #expect(try train("wanted", epochs: "2").status == 0)
    #expect(try train("run", epochs: "1").status == 0)
    let folder = place.path("run/ws-euclidean-0.5/seed-1")
    let reason: String
    if geteuid() == 0 {
      try #require(Self.system(["mount", "--bind", folder, folder]))
      try #require(Self.system(["mount", "-o", "remount,ro,bind", folder]))
      reason = "Read-only file system"
    } else {
      try #require(chmod(folder, 0o555) == 0)
      reason = "Permission denied"
    }
    let result = try train("run", epochs: "2", ["--resume"])
    if geteuid() == 0 {
      try #require(Self.system(["umount", folder]))
    } else {
      try #require(chmod(folder, 0o755) == 0)
    }
    #expect(result.status == 75 && result.sentences.count == 1, "\(result.errors)")
    let sentence = try #require(result.sentences.first)
    #expect(sentence.contains(folder) && sentence.contains(reason), "\(sentence)")
    #expect(try train("run", epochs: "2", ["--resume"]).status == 0)
    #expect(try place.files("run") == place.files("wanted"))
  }

  /// A device cannot be lost on purpose here; `LostDeviceTests` loses one. It counts as a full disk
  /// does.
  @Test("errors that may pass") func errorsThatMayPass() {
    #expect(Failure.mayPass(RunLimit.error))
    #expect(Failure.mayPass(UserError("a", "is full", isTemporary: true)))
    #expect(!Failure.mayPass(UserError("a", "does not exist")))
    #expect(!Failure.mayPass(CancellationError()))
  }
}
