import Foundation
import TopoFoundation

/// Compiled OpenCL programs in a folder, so that a process need not compile what an earlier one
/// did.
///
/// - A file is named by the SHA-256 of all that the binary depends on: the source, the options,
///   the device's name, the versions of its driver and platform, and this format's version.
/// - It holds a magic number, the format's version, the binary's length and checksum, the binary.
/// - It is written under another name and then renamed, without locks: processes that compile the
///   same at once write the same.
/// - Whatever goes wrong, the program is compiled.
///
/// `TOPOSHEET_PROGRAM_CACHE` names the folder, or is `off`. Without it programs are kept below
/// `$XDG_CACHE_HOME` or `~/.cache`, but not for drivers that keep their own. With
/// `TOPOSHEET_PROGRAM_CACHE_LOG=1` each hit, miss and save is a line on standard error.
struct ProgramCache: Sendable {
  /// The outcome of a look-up or of saving.
  enum Outcome: String, Sendable {
    case hit = "HIT", miss = "MISS", save = "SAVE", failure = "FAIL"
  }

  /// Where the files are.
  let folder: URL
  /// Called with every event; the text is the program's name, or what went wrong.
  var log: @Sendable (Outcome, String) -> Void = { _, _ in }

  private static let version: UInt32 = 1
  private static let magic = Array("TOPOSHEET-OPENCL".utf8)

  /// What a binary depends on, besides its format.
  struct Key: Sendable {
    var source: String
    var options: String
    var device: String
    var driver: String
    var platform: String

    /// The name of its file.
    var fileName: String {
      // Each part with its length: no two keys become the same text.
      let parts = [source, options, device, driver, platform, "\(ProgramCache.version)"]
      return SHA256.hex(parts.flatMap { Array("\($0.utf8.count):\($0)".utf8) }) + ".bin"
    }
  }

  /// The cache for a platform that the environment asks for; nil if it asks for none.
  static func chosen(
    platform: String, environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> ProgramCache? {
    guard let folder = folder(platform: platform, environment: environment) else { return nil }
    var cache = ProgramCache(folder: folder)
    if environment["TOPOSHEET_PROGRAM_CACHE_LOG"] == "1" {
      cache.log = { outcome, text in
        try? FileHandle.standardError.write(
          contentsOf: Data("program cache: \(outcome.rawValue) \(text)\n".utf8))
      }
    }
    return cache
  }

  private static func folder(platform: String, environment: [String: String]) -> URL? {
    switch CacheFolder.Choice("TOPOSHEET_PROGRAM_CACHE", environment: environment) {
    case .off: return nil
    case .folder(let url): return url
    case .standard: break
    }
    // NVIDIA's driver and PoCL keep their own, and PoCL compiles everything a second time, in a
    // generic version, if it is asked for binaries. Oclgrind's have nothing compiled in them.
    let keepsItsOwn = ["NVIDIA", "Portable Computing Language", "Oclgrind"]
    guard !keepsItsOwn.contains(where: platform.contains) else { return nil }
    return CacheFolder.url("toposheet/programs", environment: environment)
  }

  /// The binary that was saved under `key`; nil if there is none that is intact.
  /// - Parameter name: what the program is of, for the log.
  func binary(_ key: Key, name: String) -> [UInt8]? {
    let url = folder.appending(path: key.fileName)
    guard let bytes = try? Data(contentsOf: url) else {
      log(.miss, name)
      return nil
    }
    let header = Self.magic.count + 12
    let binary = Array(bytes.dropFirst(header))
    guard bytes.count > header, Array(bytes.prefix(header)) == Self.header(binary) else {
      log(.failure, "\(name): \(url.path) is damaged")
      return nil
    }
    return binary
  }

  /// Keeps the binary of a program that was compiled.
  func save(_ binary: [UInt8], _ key: Key, name: String) {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try AtomicFile.write(
        Data(Self.header(binary) + binary), to: folder.appending(path: key.fileName))
      log(.save, name)
    } catch {
      log(.failure, "\(name): \(folder.path) cannot be written to")
    }
  }

  /// Magic number, version, length and checksum, little-endian.
  private static func header(_ binary: [UInt8]) -> [UInt8] {
    let words = [version, UInt32(truncatingIfNeeded: binary.count), checksum(binary)]
    return magic
      + words.flatMap { word in
        (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) }
      }
  }

  /// FNV-1a: it must detect damaged files, not attacks.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    bytes.reduce(0x811c_9dc5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
  }
}
