import Foundation
import TopoFoundation

/// The folder in which PoCL keeps compiled programs. If it cannot write there, it has no device or
/// builds nothing, and does not say why.
enum PoCLCache {
  /// Whether a platform is PoCL, by its name.
  static func belongs(to platform: String) -> Bool {
    platform.contains("Portable Computing Language")
  }

  /// The folder that PoCL uses.
  static func folder(_ environment: [String: String]) -> URL {
    func path(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    let place =
      path("POCL_CACHE_DIR") ?? path("XDG_CACHE_HOME").map { $0 + "/pocl/kcache" }
      ?? path("HOME").map { $0 + "/.cache/pocl/kcache" } ?? "/tmp/pocl/kcache"
    return URL(fileURLWithPath: place, isDirectory: true)
  }

  /// What is wrong with the folder, with the remedy; nil if PoCL can write to it. Creates the
  /// folder if it is missing, as PoCL does.
  static func problem(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> DeviceError? {
    let folder = folder(environment)
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let probe = folder.appending(path: ".toposheet.\(getpid()).\(UInt32.random(in: 0 ... .max))")
    let file = open(probe.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file < 0 else {
      close(file)
      unlink(probe.path)
      return nil
    }
    let reason = UserError.systemReason
    let given = ["POCL_CACHE_DIR", "XDG_CACHE_HOME"].first { environment[$0]?.isEmpty == false }
    return DeviceError(
      """
      PoCL, the OpenCL platform of this CPU, cannot write to its cache \(folder.path) \
      (\(reason)): set \(given ?? "POCL_CACHE_DIR or XDG_CACHE_HOME") to a folder that you may \
      write to
      """)
  }
}
