import COneDNN
import Foundation

extension CPUDevice {
  /// - Parameter vectorConvolutions: whether convolutions use this project's kernels if shapes
  /// allow it.
  static func describe(threads: Int, vectorConvolutions: Bool) -> DeviceInformation {
    let memory = availableMemory
    let version = "\(topo_version_major()).\(topo_version_minor()).\(topo_version_patch())"
    let instructions = String(cString: topo_isa_name())
    return DeviceInformation(
      kind: .cpu, identifier: "cpu", name: cpuField("model name") ?? "CPU",
      vendor: cpuField("vendor_id") ?? "unknown",
      driver: "oneDNN \(version), \(instructions)"
        + (vectorConvolutions ? "" : ", library kernels only"),
      computeUnits: threads, memory: memory, maximumAllocation: memory,
      limits: [.init("threads", "\(threads) of \(availableCores) available cores")])
  }

  /// The machine's memory, or what a container or a job of a cluster may take of it.
  private static var availableMemory: Int {
    let groups = (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? ""
    // A line `0::/path`; a limit holds for every group below it.
    var path = groups.split(separator: "\n").first { $0.hasPrefix("0::/") }?.dropFirst(4) ?? ""
    var least = Int(ProcessInfo.processInfo.physicalMemory)
    while true {
      let file = "/sys/fs/cgroup/\(path)/memory.max"
      if let text = try? String(contentsOfFile: file, encoding: .utf8),
        let limit = Int(text.trimmingCharacters(in: .whitespacesAndNewlines)), limit > 0
      {
        least = min(least, limit)
      }
      guard !path.isEmpty else { return least }
      path = path.lastIndex(of: "/").map { path[..<$0] } ?? ""
    }
  }

  private static func cpuField(_ name: String) -> String? {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else {
      return nil
    }
    for line in text.split(separator: "\n") where line.hasPrefix(name) {
      return line.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces)
    }
    return nil
  }
}
