import Foundation

/// What OpenCL's loader is told about drivers, and drivers that it is not told about.
///
/// A driver is visible if an entry, a file `<name>.icd` with the name of the driver's library, lies
/// in the folder of entries. Containers often have the library of the host's driver without an
/// entry, and environments of conda have a folder of entries of their own.
public struct OpenCLEntries: Sendable {
  /// A vendor's driver.
  private struct Driver {
    var vendor: String
    /// The library that an entry names.
    var library: String
    /// The name of the entry.
    var entry: String
    /// The device file of the kernel's driver; nil if others use it, too.
    var device: String?
    /// What gives the library to a container or a system.
    var remedy: String
  }

  private static let drivers = [
    Driver(
      vendor: "NVIDIA", library: "libnvidia-opencl.so.1", entry: "nvidia.icd",
      device: "/dev/nvidiactl",
      remedy: "in a container, set NVIDIA_DRIVER_CAPABILITIES=compute,utility when it is started"),
    Driver(
      vendor: "AMD", library: "libamdocl64.so", entry: "amdocl64.icd", device: "/dev/kfd",
      remedy: "install rocm-opencl-runtime"),
    Driver(
      vendor: "Intel", library: "libigdrcl.so", entry: "intel.icd", device: nil,
      remedy: "install intel-opencl-icd"),
  ]

  private static let standard = "/etc/OpenCL/vendors"

  /// The folder above everything; tests have one of their own.
  private let root: String
  private let environment: [String: String]

  /// - Parameter root: the folder that all paths begin in.
  init(
    root: String = "", environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    (self.root, self.environment) = (root, environment)
  }

  /// The entries of this machine.
  public init() { self.init(root: "") }

  /// Sentences about drivers that are here and that OpenCL does not see, each with what to do.
  public var advice: [String] {
    let entries = entries(in: folder)
    let named = entries.map(\.library).joined(separator: " ")
    // Libraries are named with or without a path and a version.
    let hidden = Self.drivers.filter { !named.contains(Self.stem($0.library)) }
    let system = folder == Self.standard ? [] : self.entries(in: Self.standard)
    return hidden.compactMap { driver in
      if let entry = system.first(where: { $0.library.contains(Self.stem(driver.library)) }) {
        return
          "\(variable) is set, so OpenCL looks in \(folder) and does not see \(driver.vendor)'s "
          + "driver, whose entry is \(entry.path); unset \(variable), or copy the entry to "
          + "\(folder) (in conda, install ocl-icd-system)"
      }
      if let library = library(driver.library) {
        return "\(driver.vendor)'s driver is here (\(library)) without an entry for OpenCL; write "
          + "it: echo \(library) > \(folder)/\(driver.entry)"
      }
      guard let device = driver.device, exists(device) else { return nil }
      return "a GPU of \(driver.vendor) is here (\(device)), but not its library \(driver.library) "
        + "for OpenCL; \(driver.remedy)"
    }
  }

  private static func stem(_ library: String) -> String {
    library.components(separatedBy: ".so")[0]
  }

  // MARK: Entries

  /// The variable that names the folder of entries.
  private var variable: String {
    environment["OCL_ICD_VENDORS"] != nil ? "OCL_ICD_VENDORS" : "OPENCL_VENDOR_PATH"
  }

  private var folder: String {
    let given = environment["OCL_ICD_VENDORS"] ?? environment["OPENCL_VENDOR_PATH"] ?? ""
    guard !given.isEmpty else { return Self.standard }
    return given.count > 1 && given.hasSuffix("/") ? String(given.dropLast()) : given
  }

  /// The entries in a folder, or the entry at a path; of each, the library that it names.
  private func entries(in place: String) -> [(path: String, library: String)] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root + place)) ?? []
    let paths =
      place.hasSuffix(".icd")
      ? [place] : names.filter { $0.hasSuffix(".icd") }.sorted().map { "\(place)/\($0)" }
    return paths.compactMap { path in
      (try? String(contentsOfFile: root + path, encoding: .utf8)).map { (path, $0) }
    }
  }

  // MARK: Libraries

  /// Where a library lies; nil if it is not found.
  private func library(_ name: String) -> String? {
    let own = (environment["LD_LIBRARY_PATH"] ?? "").split(separator: ":").map(String.init)
    let folders = [
      "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib",
      "/usr/local/nvidia/lib64", "/usr/local/nvidia/lib", "/usr/lib/wsl/lib", "/opt/rocm/lib",
      "/usr/lib/x86_64-linux-gnu/intel-opencl",
    ]
    return (own + folders).map { "\($0)/\(name)" }.first(where: exists)
  }

  private func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root + path)
  }
}
